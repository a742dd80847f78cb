package dev.weft.instrumentation.webflux;

import dev.weft.outbound.Attempt;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Mono;

/** The application's body; knows whether it was written. */
final class SentBody implements BodyInserter<Object, ClientHttpRequest> {

  private final BodyInserter<?, ? super ClientHttpRequest> body;
  private volatile boolean written;

  SentBody(BodyInserter<?, ? super ClientHttpRequest> body) {
    this.body = body;
  }

  boolean isWritten() {
    return written;
  }

  boolean isReplayable() {
    return !written || ValueBody.isRepeatable(body);
  }

  @Override
  public Mono<Void> insert(ClientHttpRequest message, Context context) {
    written = true;
    // What makes the body may send requests of its own, which have another destination.
    return body.insert(message, context).contextWrite(outer -> outer.delete(Attempt.KEY));
  }
}
