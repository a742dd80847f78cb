package dev.weft.instrumentation.asynchttpclient;

import static java.util.Objects.requireNonNull;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.RequestBuilder;
import org.jspecify.annotations.Nullable;

/** Sends with AsyncHttpClient, and hands the body over as it comes. */
final class AhcClient implements AsyncTestClient {

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
      return receiver.body;
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

    final CompletableFuture<Head> head = new CompletableFuture<>();
    final BodyQueue body = new BodyQueue();
    private volatile @Nullable HttpResponseStatus status;
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
      body.add(part.getBodyPartBytes());
      return State.CONTINUE;
    }

    @Override
    public Boolean onCompleted() {
      completed = true;
      // Of a response without headers the client does not say that it has none.
      onHeadersReceived(EmptyHttpHeaders.INSTANCE);
      body.end();
      return true;
    }

    @Override
    public void onThrowable(Throwable thrown) {
      body.fail(thrown);
      head.completeExceptionally(thrown);
    }
  }
}
