package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.instrumentation.ViewParts;
import dev.weft.outbound.OutboundRequest;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.HttpMessage;
import org.apache.http.impl.client.RequestWrapper;
import org.apache.http.protocol.ExecutionContext;
import org.apache.http.protocol.HTTP;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** One hop of a request, its headers as the library has completed them. */
final class RequestView extends OutboundRequest {

  private final HttpHost target;
  private final RequestWrapper request;
  private final HttpContext context;

  RequestView(HttpHost target, RequestWrapper request, HttpContext context) {
    this.target = target;
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
    return host == null ? target.toHostString() : host.getValue();
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
    return request.isRepeatable() || isUnsent(context);
  }

  /** Whether the last attempt ended before the library began to write the request. */
  static boolean isUnsent(HttpContext context) {
    return context.getAttribute(ExecutionContext.HTTP_REQ_SENT) == null;
  }

  static @Nullable String joined(HttpMessage message, String name) {
    return ViewParts.joined(message.getHeaders(name), Header::getValue);
  }
}
