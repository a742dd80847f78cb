package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.outbound.OutboundRequest;
import java.util.function.BooleanSupplier;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.HttpMessage;
import org.apache.http.HttpRequest;
import org.apache.http.protocol.HTTP;
import org.jspecify.annotations.Nullable;

/** One hop of a request, its headers as the library has completed them. */
final class RequestView extends OutboundRequest {

  private final HttpHost target;
  private final HttpRequest request;
  private final BooleanSupplier replayable;

  RequestView(HttpHost target, HttpRequest request, BooleanSupplier replayable) {
    this.target = target;
    this.request = request;
    this.replayable = replayable;
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
    String uri = request.getRequestLine().getUri();
    int start = uri.startsWith("/") ? 0 : uri.indexOf("://") + 3;
    while (start > 0 && start < uri.length() && "/?#".indexOf(uri.charAt(start)) < 0) {
      start++;
    }
    int fragment = uri.indexOf('#', start);
    String path = uri.substring(start, fragment < 0 ? uri.length() : fragment);
    return path.startsWith("/") ? path : "/" + path;
  }

  @Override
  public @Nullable String header(String name) {
    return joined(request, name);
  }

  @Override
  public boolean isReplayable() {
    return replayable.getAsBoolean();
  }

  static @Nullable String joined(HttpMessage message, String name) {
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
