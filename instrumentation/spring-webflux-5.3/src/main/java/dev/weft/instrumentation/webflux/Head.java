package dev.weft.instrumentation.webflux;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.OutboundResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** The head of one attempt's response, once it is there. */
final class Head implements CoreSubscriber<ClientResponse> {

  private final Context context;
  private final CompletableFuture<ClientResponse> arrived = new CompletableFuture<>();
  private final CompletableFuture<DataBuffer> broken = new CompletableFuture<>();
  private volatile @Nullable Subscription subscription;

  /**
   * @param decided where the connector sends it; empty to where it would without the mesh
   */
  Head(Context outer, Optional<Attempt> decided) {
    this.context = outer.put(Attempt.KEY, decided);
  }

  CompletionStage<ClientResponse> arrived() {
    return arrived;
  }

  /** What the connector does for a subscriber that is gone: it frees a body that nobody reads. */
  void cancel() {
    Subscription running = subscription;
    if (running != null) {
      running.cancel();
    }
  }

  /** Ends the attempt, or the body of its response, with a failure. */
  void abort(Throwable reason) {
    cancel();
    arrived.completeExceptionally(reason);
    broken.completeExceptionally(reason);
  }

  Flux<DataBuffer> breakable(Flux<DataBuffer> body) {
    return body.takeUntilOther(Mono.fromFuture(broken));
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  public void onSubscribe(Subscription running) {
    subscription = running;
    running.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ClientResponse response) {
    arrived.complete(response);
  }

  @Override
  public void onError(Throwable failure) {
    arrived.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (!arrived.isDone()) {
      arrived.completeExceptionally(new IOException("the connector gave no response"));
    }
  }

  static OutboundResponse view(ClientResponse response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return Status.of(response);
      }

      @Override
      public @Nullable String header(String name) {
        return Headers.joined(response.headers().asHttpHeaders(), name);
      }
    };
  }

  /** Reads the body to its end, so that the connection can be used again; gives up a large one. */
  static void discard(ClientResponse response) {
    response.body(BodyExtractors.toDataBuffers()).subscribe(new Drain());
  }

  private static final class Drain extends BaseSubscriber<DataBuffer> {
    private static final int LIMIT = 64 * 1024;
    private int drained;

    @Override
    protected void hookOnNext(DataBuffer buffer) {
      drained += buffer.readableByteCount();
      DataBufferUtils.release(buffer);
      if (drained > LIMIT) {
        cancel();
      }
    }

    @Override
    protected void hookOnError(Throwable failure) {
      // Nobody reads this body, so nobody misses its end.
    }
  }
}
