package dev.weft.instrumentation.reactornetty;

import dev.weft.outbound.OutboundResponse;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;

/** The connection of one attempt, once the head of the response is there. */
final class Head implements CoreSubscriber<Connection> {

  private final Context context;
  private final CompletableFuture<Connection> arrived = new CompletableFuture<>();
  private volatile @Nullable Subscription subscription;

  Head(Context context) {
    this.context = context;
  }

  CompletionStage<Connection> arrived() {
    return arrived;
  }

  void cancel() {
    Subscription running = subscription;
    if (running != null) {
      running.cancel();
    }
  }

  void abort(Throwable reason) {
    cancel();
    if (!arrived.completeExceptionally(reason) && !arrived.isCompletedExceptionally()) {
      arrived.join().channel().close();
    }
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
  public void onNext(Connection connection) {
    arrived.complete(connection);
  }

  @Override
  public void onError(Throwable failure) {
    arrived.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (!arrived.isDone()) {
      arrived.completeExceptionally(new IOException("the client gave no response"));
    }
  }

  static OutboundResponse view(Connection connection) {
    HttpClientResponse response = (HttpClientResponse) connection;
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.status().code();
      }

      @Override
      public @Nullable String header(String name) {
        return joined(response.responseHeaders().getAll(name));
      }
    };
  }

  static @Nullable String joined(List<String> values) {
    return values.isEmpty() ? null : String.join(",", values);
  }

  /** Reads the body to its end, so that the connection can be used again; gives up a large one. */
  static void discard(Connection connection) {
    connection.inbound().receive().subscribe(new Drain());
  }

  private static final class Drain extends BaseSubscriber<ByteBuf> {
    private static final int LIMIT = 64 * 1024;
    private int drained;

    @Override
    protected void hookOnNext(ByteBuf buffer) {
      drained += buffer.readableBytes();
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
