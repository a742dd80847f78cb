package dev.weft.instrumentation.undertow;

import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code HttpServerExchange.dispatch}: the task runs in the context of its exchange. */
final class DispatchAdvice {

  private DispatchAdvice() {}

  @ToArguments(@ToArgument(value = 1, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(
      @Advice.This HttpServerExchange exchange, @Advice.Argument(1) @Nullable Runnable task) {
    ServedExchange served = ServedExchange.of(exchange);
    return served == null || task == null ? null : served.context().wrap(task);
  }
}
