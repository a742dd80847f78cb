package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpResponse;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.protocol.HttpAsyncResponseConsumer;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** A response as it comes: its head as a future, its body as a stream. */
final class StreamedResponse implements HttpAsyncResponseConsumer<Boolean> {

  /** Ends the queue; the failure, if any, is told beside it. */
  private static final byte[] END = new byte[0];

  private final CompletableFuture<ClientResponse> head = new CompletableFuture<>();
  private final BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
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
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      parts.add(part);
      buffer.clear();
    }
  }

  @Override
  public void responseCompleted(HttpContext context) {
    done = true;
    parts.add(END);
  }

  @Override
  public void failed(Exception cause) {
    failure = cause;
    done = true;
    parts.add(END);
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

  private final class Streamed extends InputStream implements ClientResponse {
    private final HttpResponse response;
    private byte[] part = {};
    private int position;

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
      return this;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      while (part != END && position == part.length) {
        try {
          part = Objects.requireNonNull(parts.poll(10, TimeUnit.SECONDS), "no body");
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        position = 0;
      }
      if (part == END) {
        if (failure != null) {
          throw new IOException(failure);
        }
        return -1;
      }
      int count = Math.min(length, part.length - position);
      System.arraycopy(part, position, buffer, offset, count);
      position += count;
      return count;
    }

    @Override
    public void close() {
      if (part != END) {
        giveUp.run();
      }
    }
  }
}
