package dev.weft.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * On {@code followUpRequest}: a redirect is not followed below the interceptor, where its endpoint
 * is settled, but handed to it. Answers to challenges stay below: they repeat the request.
 */
final class FollowUpAdvice {

  private static final Object[] NO_FOLLOW_UP = {null};

  private FollowUpAdvice() {}

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static Object @Nullable [] exit(@Advice.Return @Nullable Request followUp) {
    Binding binding = Binding.current();
    return binding != null && followUp != null && binding.takes(followUp) ? NO_FOLLOW_UP : null;
  }
}
