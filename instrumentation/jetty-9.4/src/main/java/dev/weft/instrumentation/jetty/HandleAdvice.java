package dev.weft.instrumentation.jetty;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.jspecify.annotations.Nullable;

/** On {@code Server.handle} and {@code Server.handleAsync}, before all handlers. */
final class HandleAdvice {

  private HandleAdvice() {}

  /** What {@link ServedRequest#enter} gives. */
  @Advice.OnMethodEnter(inline = false, skipOn = Boolean.class, skipOnIndex = 0)
  static @Nullable Object @Nullable [] enter(@Advice.Argument(0) HttpChannel channel) {
    return ServedRequest.enter(channel);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.Argument(0) HttpChannel channel,
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Thrown @Nullable Throwable thrown) {
    if (entered != null && entered[1] instanceof CallContext) {
      CallContext.restore((CallContext) entered[1]);
    }
    if (thrown != null && channel.getResponse().isCommitted()) {
      ServedRequest.broken(channel);
    }
  }
}
