package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.instrumentation.ViewParts;
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
    return ViewParts.path(request.getRequestLine().getUri());
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
    return ViewParts.joined(message.getHeaders(name), Header::getValue);
  }
}
