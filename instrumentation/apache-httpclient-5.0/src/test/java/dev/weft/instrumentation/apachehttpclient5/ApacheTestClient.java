package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.TestClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with a client of the library. */
record ApacheTestClient(CloseableHttpClient client) implements TestClient {

  @Override
  public ClientResponse send(ClientRequest request) throws IOException {
    HttpUriRequestBase own = new HttpUriRequestBase(request.method(), request.uri());
    own.setConfig(RequestConfig.custom().setResponseTimeout(10, TimeUnit.SECONDS).build());
    request.headers().forEach(header -> own.addHeader(header.getKey(), header.getValue()));
    byte[] body = request.bytes();
    if (request.oneShot()) {
      own.setEntity(new InputStreamEntity(new ByteArrayInputStream(body), ContentType.TEXT_PLAIN));
    } else if (request.body() != null) {
      own.setEntity(new ByteArrayEntity(body, ContentType.TEXT_PLAIN));
    }
    return new Answer(own, client.execute(own));
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private record Answer(HttpUriRequestBase request, CloseableHttpResponse response)
      implements ClientResponse {
    @Override
    public int status() {
      return response.getCode();
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
    public void close() {
      // A plain close reads the rest of the body first; this is how one gives up.
      request.cancel();
      Closer.closeQuietly(response);
    }
  }
}
