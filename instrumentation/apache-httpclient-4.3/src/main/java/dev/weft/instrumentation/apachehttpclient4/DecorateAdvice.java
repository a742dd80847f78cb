package dev.weft.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.http.impl.execchain.ClientExecChain;

/** On {@code decorateMainExec(mainExec)}: what others decorate is our link around the main one. */
final class DecorateAdvice {

  private DecorateAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static Object enter(@Advice.Argument(0) ClientExecChain mainExec) {
    return new MeshExec(mainExec);
  }
}
