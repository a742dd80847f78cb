package dev.weft.instrumentation.asynchttpclient;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.Collections;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.asynchttpclient.AsyncHandler;
import org.jspecify.annotations.Nullable;

/** An attempt connects to its endpoint. */
final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.Argument(3) AsyncHandler<?> handler, @Advice.Return @Nullable Future<?> resolved) {
    AttemptHandler<?> attempt =
        handler instanceof AttemptHandler ? (AttemptHandler<?>) handler : null;
    return attempt == null || attempt.endpoint() == null
        ? resolved
        : ImmediateEventExecutor.INSTANCE.newSucceededFuture(
            Collections.singletonList(attempt.endpoint().socketAddress()));
  }
}
