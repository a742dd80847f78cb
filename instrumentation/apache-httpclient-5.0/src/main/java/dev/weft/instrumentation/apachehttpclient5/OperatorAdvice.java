package dev.weft.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;

/** On the constructor of what connects an asynchronous client: TLS to the mesh is ours. */
final class OperatorAdvice {

  private OperatorAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static Object enter(@Advice.Argument(0) Lookup<TlsStrategy> strategies) {
    return MeshTls.dispatching(strategies);
  }
}
