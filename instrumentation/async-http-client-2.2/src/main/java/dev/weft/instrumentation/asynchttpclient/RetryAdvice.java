package dev.weft.instrumentation.asynchttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.channel.ChannelState;

/** Within an attempt the client replaces a pooled connection that went stale, and no more. */
final class RetryAdvice {

  private RetryAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static Object exit(@Advice.This NettyResponseFuture<?> future, @Advice.Return boolean mayRetry) {
    if (future.getAsyncHandler() instanceof AttemptHandler) {
      AttemptHandler<?> attempt = (AttemptHandler<?>) future.getAsyncHandler();
      if (attempt.endpoint() != null) {
        return mayRetry
            && attempt.isUnanswered()
            && future.getChannelState() == ChannelState.POOLED;
      }
    }
    return mayRetry;
  }
}
