package dev.weft.instrumentation.apachehttpclient40;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

/**
 * On the constructor of a director, whose first argument is a log: executor and connections are
 * ours.
 */
final class LogDirectorAdvice {

  private LogDirectorAdvice() {}

  @ToArguments({
    @ToArgument(value = 1, index = 0, typing = Typing.DYNAMIC),
    @ToArgument(value = 2, index = 1, typing = Typing.DYNAMIC)
  })
  @Advice.OnMethodEnter(inline = false)
  static Object[] enter(@Advice.AllArguments Object[] arguments) {
    return MeshConnections.around(arguments, 1);
  }
}
