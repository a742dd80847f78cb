package dev.weft.instrumentation.httpurlconnection;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

class HttpUrlConnectionContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new HttpUrlConnectionInstrumentation());

  @Override
  protected TestClient newClient() {
    return HttpUrlConnectionContractTest::send;
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.NO_OWN_HOST_HEADER,
        "the JDK drops it unless -Dsun.net.http.allowRestrictedHeaders=true",
        Limit.HIDES_BROKEN_BODY,
        "the JDK answers -1 when a body of known length breaks off");
  }

  private static ClientResponse send(ClientRequest request) throws IOException {
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
