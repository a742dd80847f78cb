package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;
import scala.Function1;

/** On {@code bindAndHandleAsync}: the application's function runs in the context of its request. */
final class HandlerAdvice {

  private HandlerAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) @Nullable Function1<Object, Object> handler) {
    return handler == null ? null : new InContext(handler);
  }
}
