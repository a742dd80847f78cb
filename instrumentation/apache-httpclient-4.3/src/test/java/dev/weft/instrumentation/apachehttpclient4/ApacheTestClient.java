package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.TestClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with a client of the library. */
record ApacheTestClient(CloseableHttpClient client) implements TestClient {

  @Override
  public ClientResponse send(ClientRequest request) throws IOException {
    return new Answer(client.execute(new AnyRequest(request)));
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private static final class AnyRequest extends HttpEntityEnclosingRequestBase {
    private final String method;

    AnyRequest(ClientRequest request) {
      this.method = request.method();
      setURI(request.uri());
      setConfig(RequestConfig.custom().setSocketTimeout(10_000).build());
      request.headers().forEach(header -> addHeader(header.getKey(), header.getValue()));
      byte[] body = request.bytes();
      if (request.oneShot()) {
        setEntity(new InputStreamEntity(new ByteArrayInputStream(body), -1));
      } else if (request.body() != null) {
        setEntity(new ByteArrayEntity(body));
      }
    }

    @Override
    public String getMethod() {
      return method;
    }
  }

  private record Answer(CloseableHttpResponse response) implements ClientResponse {
    @Override
    public int status() {
      return response.getStatusLine().getStatusCode();
    }

    @Override
    public @Nullable String header(String name) {
      Header header = response.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }

    @Override
    public InputStream body() throws IOException {
      HttpEntity entity = response.getEntity();
      return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    @Override
    public void close() throws IOException {
      response.close();
    }
  }
}
