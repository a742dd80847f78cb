package dev.weft.instrumentation.jetty12;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** On {@code Server.handle}. */
final class HandleAdvice {

  private HandleAdvice() {}

  /** The request that the handlers see; null to leave it as it is. */
  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) Request request) {
    return MeshRequest.of(request);
  }
}
