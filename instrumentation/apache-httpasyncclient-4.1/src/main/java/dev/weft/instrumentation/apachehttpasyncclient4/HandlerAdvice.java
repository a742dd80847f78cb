package dev.weft.instrumentation.apachehttpasyncclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

/** On the constructor of an exchange's handler: its connections come from the mesh. */
final class HandlerAdvice {

  private HandlerAdvice() {}

  @ToArguments(@ToArgument(value = 5, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static Object enter(@Advice.AllArguments Object[] arguments) {
    return MeshConnections.around(arguments);
  }
}
