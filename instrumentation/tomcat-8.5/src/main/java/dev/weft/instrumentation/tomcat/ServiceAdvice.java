package dev.weft.instrumentation.tomcat;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * On {@code CoyoteAdapter.service}: the context that a request gets in the middle of it stays as
 * long as it; and on {@code asyncDispatch}, which goes on with a request.
 */
final class ServiceAdvice {

  private ServiceAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static CallContext enter(@Advice.Argument(0) org.apache.coyote.Request raw) {
    return ServedRequest.contextOf(raw).attach();
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
