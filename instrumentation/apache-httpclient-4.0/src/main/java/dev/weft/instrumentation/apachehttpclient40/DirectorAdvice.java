package dev.weft.instrumentation.apachehttpclient40;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

/** On the constructor of a director: executor and connections are ours. */
final class DirectorAdvice {

  private DirectorAdvice() {}

  @ToArguments({
    @ToArgument(value = 0, index = 0, typing = Typing.DYNAMIC),
    @ToArgument(value = 1, index = 1, typing = Typing.DYNAMIC)
  })
  @Advice.OnMethodEnter(inline = false)
  static Object[] enter(@Advice.AllArguments Object[] arguments) {
    return MeshConnections.around(arguments, 0);
  }
}
