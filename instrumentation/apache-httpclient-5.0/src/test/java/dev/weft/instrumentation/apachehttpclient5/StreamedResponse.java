package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

  /** Ends the queue; the failure, if any, is told beside it. */
  private static final byte[] END = new byte[0];

  private final CompletableFuture<ClientResponse> head = new CompletableFuture<>();
  private final BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
  private volatile @Nullable Future<Void> sent;
  private volatile @Nullable FutureCallback<Void> whole;
  private volatile @Nullable Exception failure;

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
    parts.add(END);
    FutureCallback<Void> callback = whole;
    if (callback != null) {
      callback.completed(null);
    }
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {}

  @Override
  public void failed(Exception cause) {
    failure = cause;
    parts.add(END);
    head.completeExceptionally(cause);
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer bytes) {
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    if (part.length > 0) {
      parts.add(part);
    }
  }

  @Override
  public void streamEnd(@Nullable List<? extends Header> trailers) {
    end();
  }

  @Override
  public void releaseResources() {}

  private final class Streamed extends InputStream implements ClientResponse {
    private final HttpResponse response;
    private byte[] part = {};
    private int position;

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
          part = java.util.Objects.requireNonNull(parts.poll(10, TimeUnit.SECONDS), "no body");
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
      Future<Void> future = sent;
      if (part != END && future != null) {
        future.cancel(true);
      }
    }
  }
}
