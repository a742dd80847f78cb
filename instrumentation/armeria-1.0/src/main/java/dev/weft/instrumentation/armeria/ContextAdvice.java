package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientRequestContext;
import dev.weft.context.CallContext;
import io.netty.util.AttributeKey;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Keeps what a request belongs to: it may be sent, or sent again, on another thread. */
final class ContextAdvice {

  private static final AttributeKey<CallContext> KEY = AttributeKey.valueOf(CallContext.KEY);

  private ContextAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(
      @Advice.This(typing = Assigner.Typing.DYNAMIC) @Nullable ClientRequestContext context) {
    CallContext current = CallContext.current();
    // A derived context has that of the first.
    if (context != null && !current.isEmpty() && context.ownAttr(KEY) == null) {
      context.setAttr(KEY, current);
    }
  }

  static CallContext of(ClientRequestContext context) {
    CallContext kept = context.ownAttr(KEY);
    return kept == null ? CallContext.current() : kept;
  }
}
