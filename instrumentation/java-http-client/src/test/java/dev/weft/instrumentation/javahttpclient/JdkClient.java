package dev.weft.instrumentation.javahttpclient;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends with the JDK's client: with {@code send}, or as futures. */
final class JdkClient implements AsyncTestClient {

  private final HttpClient client;

  JdkClient(HttpClient.Version version) {
    client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .version(version)
            .build();
  }

  @Override
  public ClientResponse send(ClientRequest request) throws Exception {
    return new Response(client.send(build(request), BodyHandlers.ofInputStream()));
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    CompletableFuture<HttpResponse<InputStream>> sent =
        client.sendAsync(build(request), BodyHandlers.ofInputStream());
    CompletableFuture<ClientResponse> response = sent.thenApply(Response::new);
    response.whenComplete(
        (value, failure) -> {
          if (response.isCancelled()) {
            sent.cancel(true);
          }
        });
    return response;
  }

  private static HttpRequest build(ClientRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri()).timeout(Duration.ofSeconds(10));
    request.headers().forEach(header -> builder.header(header.getKey(), header.getValue()));
    return builder.method(request.method(), publisher(request)).build();
  }

  private static BodyPublisher publisher(ClientRequest request) {
    if (request.body() == null) {
      return BodyPublishers.noBody();
    }
    InputStream once = new ByteArrayInputStream(request.bytes());
    return request.oneShot()
        ? BodyPublishers.ofInputStream(() -> once)
        : BodyPublishers.ofByteArray(request.bytes());
  }

  private record Response(HttpResponse<InputStream> response) implements ClientResponse {
    @Override
    public int status() {
      return response.statusCode();
    }

    @Override
    public @Nullable String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }

    @Override
    public InputStream body() {
      return response.body();
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }
}
