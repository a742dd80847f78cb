package dev.weft.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * On both questions of the library's own retry strategy: what the mesh sent again or answered
 * itself is not sent again on top, so that attempts add up and do not multiply.
 */
final class RetryAdvice {

  private RetryAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.AllArguments Object[] arguments, @Advice.Return boolean again) {
    HttpContext context = (HttpContext) arguments[arguments.length - 1];
    return again && MeshHandler.isSettled(context) ? (Object) false : null;
  }
}
