package dev.weft.instrumentation.vertx;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends with the client of Vert.x: headers are set on the request, as most applications do. */
final class VertxClient implements AsyncTestClient {

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final HttpClient client;

  VertxClient(HttpClientOptions options) {
    try {
      // Returns another type from Vert.x 5 on.
      client =
          (HttpClient)
              Vertx.class
                  .getMethod("createHttpClient", HttpClientOptions.class)
                  .invoke(vertx, options);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  Vertx vertx() {
    return vertx;
  }

  HttpClient client() {
    return client;
  }

  @Override
  public void close() throws IOException {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    CompletableFuture<ClientResponse> response = new CompletableFuture<>();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(request.method()))
            .setAbsoluteURI(request.uri().toString())
            .setFollowRedirects(true)
            .setTimeout(10_000);
    client
        .request(options)
        .onComplete(
            made -> {
              if (made.failed()) {
                response.completeExceptionally(made.cause());
                return;
              }
              response.whenComplete(
                  (value, failure) -> {
                    if (response.isCancelled()) {
                      Members.reset(made.result(), 8);
                    }
                  });
              write(request, made.result(), response);
            });
    return response;
  }

  private static void write(
      ClientRequest request, HttpClientRequest made, CompletableFuture<ClientResponse> response) {
    request.headers().forEach(header -> made.headers().add(header.getKey(), header.getValue()));
    made.response()
        .onComplete(
            head -> {
              if (head.succeeded()) {
                response.complete(new Response(made, head.result()));
              } else {
                response.completeExceptionally(head.cause());
              }
            });
    if (request.body() == null) {
      made.end();
    } else if (request.oneShot()) {
      made.setChunked(true);
      made.write(Buffer.buffer(request.body()));
      made.end();
    } else {
      made.end(Buffer.buffer(request.body()));
    }
  }

  private static final class Response implements ClientResponse {
    private final BodyQueue body = new BodyQueue();
    private final HttpClientRequest request;
    private final HttpClientResponse response;

    Response(HttpClientRequest request, HttpClientResponse response) {
      this.request = request;
      this.response = response;
      response.exceptionHandler(body::fail);
      response.endHandler(nothing -> body.end());
      // Not paused: Vert.x 5 drops what a paused response holds when the server closes behind it.
      response.handler(chunk -> body.add(chunk.getBytes()));
    }

    @Override
    public int status() {
      return response.statusCode();
    }

    @Override
    public @Nullable String header(String name) {
      return response.getHeader(name);
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public void close() {
      if (!body.isOver()) {
        Members.reset(request, 8);
      }
    }
  }
}
