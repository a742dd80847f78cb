package dev.weft.instrumentation.nettyhttp;

import static java.util.Objects.requireNonNull;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import play.shaded.ahc.io.netty.handler.codec.http.EmptyHttpHeaders;
import play.shaded.ahc.io.netty.handler.codec.http.HttpHeaders;
import play.shaded.ahc.org.asynchttpclient.AsyncHandler;
import play.shaded.ahc.org.asynchttpclient.AsyncHttpClient;
import play.shaded.ahc.org.asynchttpclient.DefaultAsyncHttpClient;
import play.shaded.ahc.org.asynchttpclient.DefaultAsyncHttpClientConfig;
import play.shaded.ahc.org.asynchttpclient.HttpResponseBodyPart;
import play.shaded.ahc.org.asynchttpclient.HttpResponseStatus;
import play.shaded.ahc.org.asynchttpclient.ListenableFuture;
import play.shaded.ahc.org.asynchttpclient.RequestBuilder;

/**
 * Sends with what Play WS sends with, its own copy of AsyncHttpClient and Netty, and hands the body
 * over as it comes.
 */
final class PlayClient implements AsyncTestClient {

  private final AsyncHttpClient client =
      new DefaultAsyncHttpClient(
          new DefaultAsyncHttpClientConfig.Builder()
              .setFollowRedirect(true)
              .setMaxRequestRetry(2)
              .setIoThreadsCount(2)
              .build());

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    RequestBuilder builder = new RequestBuilder(request.method()).setUrl(request.uri().toString());
    request.headers().forEach(header -> builder.addHeader(header.getKey(), header.getValue()));
    if (request.body() != null && request.oneShot()) {
      builder.setBody(new ByteArrayInputStream(request.bytes()));
    } else if (request.body() != null) {
      builder.setBody(request.bytes());
    }
    Receiver receiver = new Receiver();
    ListenableFuture<Boolean> sent = client.executeRequest(builder.build(), receiver);
    CompletableFuture<ClientResponse> response =
        receiver.head.thenApply(head -> new Response(head, receiver, sent));
    response.whenComplete(
        (value, failure) -> {
          if (response.isCancelled()) {
            sent.cancel(true);
          }
        });
    return response;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private record Head(HttpResponseStatus status, HttpHeaders headers) {}

  private record Response(Head head, Receiver receiver, ListenableFuture<?> sent)
      implements ClientResponse {
    @Override
    public int status() {
      return head.status().getStatusCode();
    }

    @Override
    public @Nullable String header(String name) {
      return head.headers().get(name);
    }

    @Override
    public InputStream body() {
      return receiver.stream;
    }

    @Override
    public void close() {
      if (!receiver.completed) {
        sent.cancel(true);
      }
    }
  }

  /** What one exchange gives. */
  private static final class Receiver implements AsyncHandler<Boolean> {

    private static final byte[] END = new byte[0];

    final CompletableFuture<Head> head = new CompletableFuture<>();
    final InputStream stream = new Body();
    private final BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
    private volatile @Nullable HttpResponseStatus status;
    private volatile @Nullable Throwable failure;
    private volatile boolean completed;

    @Override
    public State onStatusReceived(HttpResponseStatus received) {
      status = received;
      return State.CONTINUE;
    }

    @Override
    public State onHeadersReceived(HttpHeaders headers) {
      head.complete(new Head(requireNonNull(status), headers));
      return State.CONTINUE;
    }

    @Override
    public State onBodyPartReceived(HttpResponseBodyPart part) {
      if (part.length() > 0) {
        parts.add(part.getBodyPartBytes());
      }
      return State.CONTINUE;
    }

    @Override
    public Boolean onCompleted() {
      completed = true;
      // Of a response without headers the client does not say that it has none.
      onHeadersReceived(EmptyHttpHeaders.INSTANCE);
      parts.add(END);
      return true;
    }

    @Override
    public void onThrowable(Throwable thrown) {
      failure = thrown;
      parts.add(END);
      head.completeExceptionally(thrown);
    }

    private final class Body extends InputStream {
      private byte[] part = END;
      private int position;
      private boolean over;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (position == part.length && !over) {
          part = next();
          position = 0;
          over = part == END;
        }
        if (over && failure != null) {
          throw new IOException(failure);
        }
        if (over) {
          return -1;
        }
        int count = Math.min(length, part.length - position);
        System.arraycopy(part, position, into, offset, count);
        position += count;
        return count;
      }

      private byte[] next() throws IOException {
        try {
          byte[] next = parts.poll(10, TimeUnit.SECONDS);
          if (next == null) {
            throw new IOException("no part of the body within 10 s");
          }
          return next;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException();
        }
      }
    }
  }
}
