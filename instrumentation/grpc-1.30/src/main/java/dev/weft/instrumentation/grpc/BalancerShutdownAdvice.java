package dev.weft.instrumentation.grpc;

import net.bytebuddy.asm.Advice;

/** The channel becomes idle, or is shut down: so do the connections that we made for it. */
final class BalancerShutdownAdvice {

  private BalancerShutdownAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Object balancer) {
    MeshBalancer.close(balancer);
  }
}
