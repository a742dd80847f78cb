package dev.weft.instrumentation.webflux;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyStream;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import reactor.core.Disposable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Sends as WebClient does, with a pool of its own. */
final class WebClientTestClient implements AsyncTestClient {

  /** One per endpoint: a connection is free a moment after the end of the body is seen. */
  private final ConnectionProvider pool =
      ConnectionProvider.builder("test").maxConnections(1).pendingAcquireMaxCount(-1).build();

  private final ExchangeFunction function;

  WebClientTestClient(boolean followRedirects) {
    HttpClient client =
        HttpClient.create(pool)
            .responseTimeout(Duration.ofSeconds(10))
            .followRedirect(followRedirects);
    this.function = ExchangeFunctions.create(new ReactorClientHttpConnector(client));
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    CompletableFuture<ClientResponse> response = new CompletableFuture<>();
    Disposable running =
        function
            .exchange(build(request))
            .subscribe(
                answer -> response.complete(new Response(answer)), response::completeExceptionally);
    response.whenComplete(
        (value, failure) -> {
          if (response.isCancelled()) {
            running.dispose();
          }
        });
    return response;
  }

  private static org.springframework.web.reactive.function.client.ClientRequest build(
      ClientRequest request) {
    org.springframework.web.reactive.function.client.ClientRequest.Builder builder =
        org.springframework.web.reactive.function.client.ClientRequest.create(
            HttpMethod.valueOf(request.method()), request.uri());
    request.headers().forEach(header -> builder.header(header.getKey(), header.getValue()));
    if (request.oneShot()) {
      builder.body(
          BodyInserters.fromDataBuffers(
              DataBufferUtils.readInputStream(
                  () -> new ByteArrayInputStream(request.bytes()),
                  new DefaultDataBufferFactory(),
                  100)));
    } else if (request.body() != null) {
      builder.body(BodyInserters.fromValue(request.bytes()));
    }
    return builder.build();
  }

  @Override
  public void close() {
    pool.disposeLater().block(Duration.ofSeconds(5));
  }

  private static final class Response implements ClientResponse {
    private final org.springframework.web.reactive.function.client.ClientResponse response;
    private final BodyStream body;

    Response(org.springframework.web.reactive.function.client.ClientResponse response) {
      this.response = response;
      this.body =
          BodyStream.of(
              response
                  .body(BodyExtractors.toDataBuffers())
                  .map(
                      buffer -> {
                        byte[] bytes = new byte[buffer.readableByteCount()];
                        buffer.read(bytes);
                        DataBufferUtils.release(buffer);
                        return bytes;
                      })
                  .toStream(1));
    }

    @Override
    public int status() {
      return Status.of(response);
    }

    @Override
    public @Nullable String header(String name) {
      return response.headers().asHttpHeaders().getFirst(name);
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
