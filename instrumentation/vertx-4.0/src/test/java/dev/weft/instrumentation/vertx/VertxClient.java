package dev.weft.instrumentation.vertx;

import dev.weft.testkit.AsyncTestClient;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends with the client of Vert.x: headers are set on the request, as most applications do. */
final class VertxClient implements AsyncTestClient {

  private static final Buffer END = Buffer.buffer("end");

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

  private static final class Response extends InputStream implements ClientResponse {
    private final BlockingQueue<Object> chunks = new LinkedBlockingQueue<>();
    private final HttpClientRequest request;
    private final HttpClientResponse response;
    private Buffer chunk = Buffer.buffer();
    private int position;
    private boolean over;

    Response(HttpClientRequest request, HttpClientResponse response) {
      this.request = request;
      this.response = response;
      response.exceptionHandler(chunks::add);
      response.endHandler(nothing -> chunks.add(END));
      // Not paused: Vert.x 5 drops what a paused response holds when the server closes behind it.
      response.handler(chunks::add);
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
      return this;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      while (position == chunk.length()) {
        if (over) {
          return -1;
        }
        next();
      }
      int count = Math.min(length, chunk.length() - position);
      chunk.getBytes(position, position + count, buffer, offset);
      position += count;
      return count;
    }

    private void next() throws IOException {
      Object next;
      try {
        next = chunks.poll(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (next == END) {
        over = true;
      } else if (next instanceof Buffer more) {
        chunk = more;
        position = 0;
      } else {
        throw new IOException("body broke off", (Throwable) next);
      }
    }

    @Override
    public void close() {
      if (!over) {
        Members.reset(request, 8);
      }
    }
  }
}
