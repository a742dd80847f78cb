package dev.weft.control.core;

import dev.weft.model.Registration;
import dev.weft.model.TrustBundle;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.Resolution;

/** What one workload needs of the desired state. Core implements it, push and rest ask. */
public interface Discovery {

  /**
   * What {@code routeTable} ({@code host:port} as the application wrote it) means to {@code caller}
   * in the current desired state, with all upstreams and endpoints that its routes name. A pure
   * function of the state at {@link #revision()}.
   */
  Resolution resolve(Registration caller, String routeTable);

  /**
   * What {@code workload} does with requests that arrive. A pure function of the state at {@link
   * #revision()} and of the workload's service, namespace, service account and labels.
   */
  InboundResolution inbound(Registration workload);

  /** Whom the mesh trusts. Without roots: nobody, there is no certificate authority. */
  TrustBundle trustBundle();

  /** Grows with each change of resources, instances, roots or keys of token issuers. */
  long revision();

  /** Runs {@code listener} after each change, on the changing thread; it must be quick. */
  void onChange(Runnable listener);
}
