package dev.weft.control.core;

import dev.weft.model.TrustBundle;

/** Whom the mesh trusts now. The certificate authority implements it; push tells the agents. */
public interface TrustSource {

  /** The current trust domain and its roots. Cheap: no I/O. */
  TrustBundle current();

  /** Runs {@code listener} after each change, on the changing thread; it must be quick. */
  void onChange(Runnable listener);
}
