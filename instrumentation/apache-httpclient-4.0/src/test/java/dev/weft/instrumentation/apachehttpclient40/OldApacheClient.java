package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.TestClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.scheme.PlainSocketFactory;
import org.apache.http.conn.scheme.Scheme;
import org.apache.http.conn.scheme.SchemeRegistry;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.conn.tsccm.ThreadSafeClientConnManager;
import org.apache.http.params.BasicHttpParams;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with a client of the library. */
record OldApacheClient(DefaultHttpClient client) implements TestClient {

  static OldApacheClient pooled() {
    HttpParams params = new BasicHttpParams();
    HttpConnectionParams.setSoTimeout(params, 10_000);
    SchemeRegistry schemes = new SchemeRegistry();
    schemes.register(new Scheme("http", PlainSocketFactory.getSocketFactory(), 80));
    return noRetries(
        new DefaultHttpClient(new ThreadSafeClientConnManager(params, schemes), params));
  }

  static OldApacheClient noRetries(DefaultHttpClient client) {
    client.setHttpRequestRetryHandler(new DefaultHttpRequestRetryHandler(0, false));
    return new OldApacheClient(client);
  }

  @Override
  public ClientResponse send(ClientRequest request) throws IOException {
    HttpUriRequest own = new AnyRequest(request);
    return new Answer(own, client.execute(own));
  }

  @Override
  public void close() {
    client.getConnectionManager().shutdown();
  }

  private static final class AnyRequest extends HttpEntityEnclosingRequestBase {
    private final String method;

    AnyRequest(ClientRequest request) {
      this.method = request.method();
      setURI(request.uri());
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

  private record Answer(HttpUriRequest request, HttpResponse response) implements ClientResponse {
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
    public void close() {
      request.abort();
    }
  }
}
