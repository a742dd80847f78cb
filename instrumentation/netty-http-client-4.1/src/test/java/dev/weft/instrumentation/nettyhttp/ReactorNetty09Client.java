package dev.weft.instrumentation.nettyhttp;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyStream;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/** Sends with Reactor Netty 0.9, the one under WebClient of Spring 5.2, with a pool of its own. */
final class ReactorNetty09Client implements AsyncTestClient {

  /** One per endpoint: a connection is free a moment after the end of the body is seen. */
  private final ConnectionProvider pool =
      ConnectionProvider.builder("test").maxConnections(1).pendingAcquireMaxCount(-1).build();

  private final HttpClient client = HttpClient.create(pool).followRedirect(true);

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    CompletableFuture<ClientResponse> response = new CompletableFuture<>();
    HttpClient.RequestSender sender =
        client
            .headers(
                headers ->
                    request
                        .headers()
                        .forEach(header -> headers.add(header.getKey(), header.getValue())))
            .request(HttpMethod.valueOf(request.method()))
            .uri(request.uri());
    HttpClient.ResponseReceiver<?> receiver =
        request.body() == null ? sender : sender.send(body(request));
    Disposable running =
        receiver
            .responseConnection(
                (head, connection) -> {
                  Response given = new Response(head, connection);
                  response.complete(given);
                  return given.end();
                })
            .subscribe(nothing -> {}, response::completeExceptionally);
    response.whenComplete(
        (value, failure) -> {
          if (response.isCancelled()) {
            running.dispose();
          }
        });
    return response;
  }

  private static Mono<ByteBuf> body(ClientRequest request) {
    return Mono.fromSupplier(() -> Unpooled.wrappedBuffer(request.bytes()));
  }

  @Override
  public void close() {
    pool.disposeLater().block(Duration.ofSeconds(5));
  }

  private static final class Response implements ClientResponse {
    private final HttpClientResponse head;
    private final BodyStream body;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    Response(HttpClientResponse head, Connection connection) {
      this.head = head;
      this.body =
          BodyStream.of(
              connection
                  .inbound()
                  .receive()
                  .asByteArray()
                  .doFinally(signal -> end.complete(null))
                  .toStream(1));
    }

    Mono<Void> end() {
      return Mono.fromFuture(end);
    }

    @Override
    public int status() {
      return head.status().code();
    }

    @Override
    public @Nullable String header(String name) {
      return head.responseHeaders().get(name);
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
