package dev.weft.instrumentation.grpc;

import io.grpc.LoadBalancer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Puts ours between a channel and its balancer. */
final class NewBalancerAdvice {

  private NewBalancerAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  static @Nullable Object enter(@Advice.Argument(0) LoadBalancer.Helper channel) {
    return new MeshBalancer(channel);
  }

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) LoadBalancer.Helper helper, @Advice.Return Object balancer) {
    if (helper instanceof MeshBalancer) {
      ((MeshBalancer) helper).open(balancer);
    }
  }
}
