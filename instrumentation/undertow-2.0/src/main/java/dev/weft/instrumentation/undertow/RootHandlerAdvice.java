package dev.weft.instrumentation.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code Connectors.executeRootHandler}, with which every request begins. */
final class RootHandlerAdvice {

  private RootHandlerAdvice() {}

  /** The handler to call instead; null to leave it. */
  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(
      @Advice.Argument(0) HttpHandler handler, @Advice.Argument(1) HttpServerExchange exchange) {
    return ServedExchange.handler(handler, exchange);
  }
}
