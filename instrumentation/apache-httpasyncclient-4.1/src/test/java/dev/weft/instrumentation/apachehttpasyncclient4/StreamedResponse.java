package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.http.Header;
import org.apache.http.HttpResponse;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.protocol.HttpAsyncResponseConsumer;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** A response as it comes: its head as a future, its body as a stream. */
final class StreamedResponse implements HttpAsyncResponseConsumer<Boolean> {

  private final CompletableFuture<ClientResponse> head = new CompletableFuture<>();
  private final BodyQueue body = new BodyQueue();
  private volatile Runnable giveUp = () -> {};
  private volatile @Nullable Exception failure;
  private volatile boolean done;

  CompletableFuture<ClientResponse> head() {
    return head;
  }

  void sent(Future<Boolean> future, Runnable abort) {
    giveUp =
        () -> {
          future.cancel(true);
          abort.run();
        };
    head.whenComplete(
        (response, thrown) -> {
          if (head.isCancelled()) {
            giveUp.run();
          }
        });
  }

  @Override
  public void responseReceived(HttpResponse response) {
    head.complete(new Streamed(response));
  }

  @Override
  public void consumeContent(ContentDecoder decoder, IOControl control) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (decoder.read(buffer) > 0) {
      buffer.flip();
      body.add(buffer);
      buffer.clear();
    }
  }

  @Override
  public void responseCompleted(HttpContext context) {
    done = true;
    body.end();
  }

  @Override
  public void failed(Exception cause) {
    failure = cause;
    done = true;
    body.fail(cause);
    head.completeExceptionally(cause);
  }

  @Override
  public boolean cancel() {
    failed(new IOException("cancelled"));
    return true;
  }

  @Override
  public @Nullable Exception getException() {
    return failure;
  }

  @Override
  public Boolean getResult() {
    return done;
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public void close() {}

  private final class Streamed implements ClientResponse {
    private final HttpResponse response;

    Streamed(HttpResponse response) {
      this.response = response;
    }

    @Override
    public int status() {
      return response.getStatusLine().getStatusCode();
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
      if (!body.isOver()) {
        giveUp.run();
      }
    }
  }
}
