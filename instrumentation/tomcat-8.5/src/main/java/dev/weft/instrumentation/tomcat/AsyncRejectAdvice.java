package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/**
 * On {@code AbstractEndpoint.closeSocket}, which the acceptor calls with what it accepted and which
 * finds connections by what Tomcat sees since.
 */
final class AsyncRejectAdvice {

  private AsyncRejectAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) @Nullable Object accepted) {
    return accepted == null ? null : AsyncConnection.of(accepted);
  }
}
