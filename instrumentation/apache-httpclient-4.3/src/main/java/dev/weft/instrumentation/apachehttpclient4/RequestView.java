package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.instrumentation.ViewParts;
import dev.weft.outbound.OutboundRequest;
import java.net.URI;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpHost;
import org.apache.http.HttpMessage;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.protocol.HTTP;
import org.jspecify.annotations.Nullable;

/** One hop of a request, its headers as the library's own links have completed them. */
final class RequestView extends OutboundRequest {

  private final HttpHost target;
  private final HttpRequestWrapper request;
  private final HttpClientContext context;

  RequestView(HttpRoute route, HttpRequestWrapper request, HttpClientContext context) {
    this.target = route.getTargetHost();
    this.request = request;
    this.context = context;
  }

  @Override
  public String method() {
    return request.getRequestLine().getMethod();
  }

  @Override
  public String scheme() {
    return target.getSchemeName();
  }

  @Override
  public String authority() {
    Header host = request.getFirstHeader(HTTP.TARGET_HOST);
    if (host != null) {
      return host.getValue();
    }
    // A minimal client fills in Host only when it sends; it takes it from here, too.
    URI uri =
        request.getOriginal() instanceof HttpUriRequest
            ? ((HttpUriRequest) request.getOriginal()).getURI()
            : null;
    return uri != null && uri.isAbsolute()
        ? new HttpHost(uri.getHost(), uri.getPort()).toHostString()
        : target.toHostString();
  }

  @Override
  public int port() {
    return target.getPort() > 0 ? target.getPort() : scheme().equals("https") ? 443 : 80;
  }

  @Override
  public String path() {
    return ViewParts.path(request.getRequestLine().getUri());
  }

  @Override
  public @Nullable String header(String name) {
    return joined(request, name);
  }

  @Override
  public boolean isReplayable() {
    HttpEntity entity =
        request instanceof HttpEntityEnclosingRequest
            ? ((HttpEntityEnclosingRequest) request).getEntity()
            : null;
    return entity == null || entity.isRepeatable() || isUnsent(context);
  }

  /** Whether the last attempt ended before the library began to write the request. */
  static boolean isUnsent(HttpClientContext context) {
    return context.getAttribute(HttpClientContext.HTTP_REQ_SENT) == null;
  }

  static @Nullable String joined(HttpMessage message, String name) {
    return ViewParts.joined(message.getHeaders(name), Header::getValue);
  }
}
