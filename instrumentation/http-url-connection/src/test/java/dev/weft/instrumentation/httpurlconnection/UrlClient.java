package dev.weft.instrumentation.httpurlconnection;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/** Sends with {@code HttpURLConnection}. */
final class UrlClient implements TestClient {

  @Override
  public ClientResponse send(ClientRequest request) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
    connection.setRequestMethod(request.method());
    connection.setReadTimeout(10_000);
    request.headers().forEach(h -> connection.addRequestProperty(h.getKey(), h.getValue()));
    if (request.body() != null) {
      connection.setDoOutput(true);
      if (request.oneShot()) {
        connection.setChunkedStreamingMode(0);
      }
      try (OutputStream out = connection.getOutputStream()) {
        out.write(request.bytes());
      }
    }
    int status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    return new ClientResponse() {
      @Override
      public int status() {
        return status;
      }

      @Override
      public @Nullable String header(String name) {
        return connection.getHeaderField(name);
      }

      @Override
      public InputStream body() {
        return body;
      }

      @Override
      public void close() throws IOException {
        body.close();
      }
    };
  }
}
