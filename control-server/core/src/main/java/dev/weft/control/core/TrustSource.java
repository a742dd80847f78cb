package dev.weft.control.core;

import dev.weft.model.TrustBundle;

/** Whom the mesh trusts now. The certificate authority implements it; push tells the agents. */
public interface TrustSource {

  /** The current trust domain and its roots. Cheap: no I/O. */
  TrustBundle current();

  /** Runs {@code listener} after each change, on the changing thread; it must be quick. */
  void onChange(Runnable listener);

  /** A mesh without a certificate authority: nobody is trusted. */
  static TrustSource none(String trustDomain) {
    TrustBundle bundle = TrustBundle.builder().trustDomain(trustDomain).build();
    return new TrustSource() {
      @Override
      public TrustBundle current() {
        return bundle;
      }

      @Override
      public void onChange(Runnable listener) {
        // It never changes.
      }
    };
  }
}
