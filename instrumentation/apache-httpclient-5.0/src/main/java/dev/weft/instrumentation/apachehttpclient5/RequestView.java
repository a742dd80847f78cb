package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.instrumentation.ViewParts;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import java.util.function.BooleanSupplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** One hop of a request, with the headers that the library has by then. */
final class RequestView extends OutboundRequest {

  private final HttpRequest request;
  private final HttpHost target;
  private final BooleanSupplier replayable;

  RequestView(HttpRequest request, HttpRoute route, BooleanSupplier replayable) {
    this.request = request;
    this.target = route.getTargetHost();
    this.replayable = replayable;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    return target.getSchemeName();
  }

  @Override
  public String authority() {
    Header host = request.getFirstHeader(HttpHeaders.HOST);
    if (host != null) {
      return host.getValue();
    }
    URIAuthority authority = request.getAuthority();
    return authority == null
        ? target.toHostString()
        : new HttpHost(null, authority.getHostName(), authority.getPort()).toHostString();
  }

  @Override
  public int port() {
    int port = target.getPort();
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
    return replayable.getAsBoolean();
  }

  static OutboundResponse of(HttpResponse response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.getCode();
      }

      @Override
      public @Nullable String header(String name) {
        return joined(response, name);
      }
    };
  }

  static @Nullable String joined(MessageHeaders message, String name) {
    return ViewParts.joined(message.getHeaders(name), Header::getValue);
  }
}
