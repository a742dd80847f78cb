package dev.weft.instrumentation.httpurlconnection;

import dev.weft.transport.Endpoint;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Puts a connection back under the endpoint that it goes to. Often on another thread than the one
 * that connected, so the connection itself is asked.
 */
final class PoolReturnAdvice {

  private PoolReturnAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  static @Nullable Endpoint enter(
      @Advice.Argument(1) @Nullable Object key, @Advice.Argument(2) Object client) {
    return key == null ? Route.endpointOf(client) : null;
  }
}
