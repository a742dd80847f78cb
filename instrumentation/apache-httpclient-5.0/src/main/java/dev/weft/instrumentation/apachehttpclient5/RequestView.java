package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.outbound.OutboundRequest;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** One hop of a request, with the headers that the library has by then. */
final class RequestView extends OutboundRequest {

  private final ClassicHttpRequest request;
  private final ExecChain.Scope scope;

  RequestView(ClassicHttpRequest request, ExecChain.Scope scope) {
    this.request = request;
    this.scope = scope;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    return scope.route.getTargetHost().getSchemeName();
  }

  @Override
  public String authority() {
    Header host = request.getFirstHeader(HttpHeaders.HOST);
    if (host != null) {
      return host.getValue();
    }
    URIAuthority authority = request.getAuthority();
    return authority == null
        ? scope.route.getTargetHost().toHostString()
        : new HttpHost(null, authority.getHostName(), authority.getPort()).toHostString();
  }

  @Override
  public int port() {
    int port = scope.route.getTargetHost().getPort();
    return port > 0 ? port : scheme().equals("https") ? 443 : 80;
  }

  @Override
  public String path() {
    String path = request.getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public @Nullable String header(String name) {
    return joined(request, name);
  }

  @Override
  public boolean isReplayable() {
    HttpEntity entity = request.getEntity();
    return entity == null || entity.isRepeatable() || !MeshHandler.isConnected(scope.clientContext);
  }

  static @Nullable String joined(MessageHeaders message, String name) {
    Header[] headers = message.getHeaders(name);
    if (headers.length == 0) {
      return null;
    }
    StringBuilder value = new StringBuilder(String.valueOf(headers[0].getValue()));
    for (int i = 1; i < headers.length; i++) {
      value.append(',').append(headers[i].getValue());
    }
    return value.toString();
  }
}
