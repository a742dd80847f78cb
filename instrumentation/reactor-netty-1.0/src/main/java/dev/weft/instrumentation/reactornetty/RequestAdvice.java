package dev.weft.instrumentation.reactornetty;

import dev.weft.outbound.Attempt;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.channel.ChannelOperations;

/**
 * Changes the head as the attempt says, after the application's own changes and before it is sent.
 */
final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.Argument(0) @Nullable ChannelOperations<?, ?> request,
      @Advice.Return @Nullable Publisher<Void> body) {
    Sending sending = request == null ? null : Sending.in(request.currentContext());
    if (request == null || sending == null || body == null) {
      return null;
    }
    sending.bodyMade(request);
    // What makes the body may send requests of its own, which have another destination.
    return Mono.fromDirect(body).contextWrite(outer -> outer.delete(Attempt.KEY));
  }
}
