package dev.weft.instrumentation.apachehttpclient40;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * On the library's own retry handler: what the mesh sent again already is not sent again on top, so
 * that attempts add up and do not multiply.
 */
final class RetryAdvice {

  private RetryAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.Argument(2) HttpContext context, @Advice.Return boolean again) {
    return again && MeshExecutor.isSentAgain(context) ? (Object) false : null;
  }
}
