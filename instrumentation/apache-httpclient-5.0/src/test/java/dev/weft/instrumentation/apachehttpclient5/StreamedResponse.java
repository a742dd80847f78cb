package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** A response as it comes: its head as a future, its body as a stream. */
final class StreamedResponse implements AsyncResponseConsumer<Void> {

  private final CompletableFuture<ClientResponse> head = new CompletableFuture<>();
  private final BodyQueue body = new BodyQueue();
  private volatile @Nullable Future<Void> sent;
  private volatile @Nullable FutureCallback<Void> whole;

  CompletableFuture<ClientResponse> head() {
    return head;
  }

  void sent(Future<Void> future) {
    sent = future;
    head.whenComplete(
        (response, thrown) -> {
          if (head.isCancelled()) {
            future.cancel(true);
          }
        });
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      @Nullable EntityDetails entity,
      HttpContext context,
      FutureCallback<Void> callback) {
    whole = callback;
    if (entity == null) {
      end();
    }
    head.complete(new Streamed(response));
  }

  private void end() {
    body.end();
    FutureCallback<Void> callback = whole;
    if (callback != null) {
      callback.completed(null);
    }
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {}

  @Override
  public void failed(Exception cause) {
    body.fail(cause);
    head.completeExceptionally(cause);
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer bytes) {
    body.add(bytes);
  }

  @Override
  public void streamEnd(@Nullable List<? extends Header> trailers) {
    end();
  }

  @Override
  public void releaseResources() {}

  private final class Streamed implements ClientResponse {
    private final HttpResponse response;

    Streamed(HttpResponse response) {
      this.response = response;
    }

    @Override
    public int status() {
      return response.getCode();
    }

    @Override
    public @Nullable String header(String name) {
      Header header = response.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public void close() {
      Future<Void> future = sent;
      if (!body.isOver() && future != null) {
        future.cancel(true);
      }
    }
  }
}
