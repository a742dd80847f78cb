package dev.weft.instrumentation.jettyclient9;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Result;
import org.eclipse.jetty.client.util.InputStreamResponseListener;
import org.eclipse.jetty.http.HttpField;
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
    request.headers().forEach(one -> own.header(one.getKey(), one.getValue()));
    if (request.oneShot()) {
      Bodies.stream(own, new ByteArrayInputStream(request.bytes()));
    } else if (request.body() != null) {
      Bodies.bytes(own, "text/plain", request.bytes());
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
            head.complete(new Streamed(own, response, new ToTheEnd(this)));
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
      // Not a method of HttpFields, which is a class or an interface.
      Iterable<HttpField> fields = response.getHeaders();
      for (HttpField field : fields) {
        if (field.getName().equalsIgnoreCase(name)) {
          return field.getValue();
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      body.close();
      request.abort(new CancellationException());
    }
  }

  /**
   * The library says that a body is at its end a moment before its connection is free: who counts
   * connections waits for that.
   */
  private static final class ToTheEnd extends FilterInputStream {
    private final InputStreamResponseListener response;

    ToTheEnd(InputStreamResponseListener response) {
      super(response.getInputStream());
      this.response = response;
    }

    @Override
    public int read() throws IOException {
      return checked(super.read());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return checked(super.read(buffer, offset, length));
    }

    private int checked(int read) throws IOException {
      if (read < 0) {
        try {
          response.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
          throw new IOException(e);
        }
      }
      return read;
    }
  }
}
