package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.Endpoint;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Keys the pool by the endpoint of the attempt, and not by the authority of the request. */
final class HostAdvice {

  private HostAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Argument(2) @Nullable Endpoint endpoint) {
    return endpoint != null && dev.weft.transport.Endpoint.isSynthetic(endpoint.host())
        ? endpoint.host()
        : null;
  }
}
