package dev.weft.instrumentation.jettyclient12;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with a client of the library. */
record JettyTestClient(HttpClient client) implements AsyncTestClient {

  static JettyTestClient start() throws Exception {
    HttpClient client = new HttpClient();
    client.start();
    return new JettyTestClient(client);
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    CompletableFuture<ClientResponse> head = new CompletableFuture<>();
    Request own = client.newRequest(request.uri()).method(request.method());
    own.idleTimeout(10, TimeUnit.SECONDS);
    own.headers(
        fields -> request.headers().forEach(one -> fields.add(one.getKey(), one.getValue())));
    if (request.oneShot()) {
      own.body(new InputStreamRequestContent(new ByteArrayInputStream(request.bytes())));
    } else if (request.body() != null) {
      own.body(new BytesRequestContent("text/plain", request.bytes()));
    }
    head.whenComplete(
        (response, failure) -> {
          if (head.isCancelled()) {
            own.abort(new CancellationException());
          }
        });
    own.send(
        new InputStreamResponseListener() {
          @Override
          public void onHeaders(Response response) {
            super.onHeaders(response);
            head.complete(new Streamed(own, response, getInputStream()));
          }

          @Override
          public void onComplete(Result result) {
            super.onComplete(result);
            if (result.getFailure() != null) {
              head.completeExceptionally(result.getFailure());
            }
          }
        });
    return head;
  }

  @Override
  public void close() throws IOException {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private record Streamed(Request request, Response response, InputStream body)
      implements ClientResponse {
    @Override
    public int status() {
      return response.getStatus();
    }

    @Override
    public @Nullable String header(String name) {
      return response.getHeaders().get(name);
    }

    @Override
    public void close() throws IOException {
      body.close();
      request.abort(new CancellationException());
    }
  }
}
