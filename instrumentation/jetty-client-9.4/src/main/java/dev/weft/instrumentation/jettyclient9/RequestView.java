package dev.weft.instrumentation.jettyclient9;

import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.api.Response;
import org.jspecify.annotations.Nullable;

/** A request of the application. */
final class RequestView extends OutboundRequest {

  private final HttpRequest request;
  private final BooleanSupplier replayable;

  RequestView(HttpRequest request, BooleanSupplier replayable) {
    this.request = request;
    this.replayable = replayable;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    return request.getScheme().toLowerCase(Locale.ROOT);
  }

  @Override
  public String authority() {
    String host = header("host");
    if (host != null) {
      return host;
    }
    if (request.getURI() != null && request.getURI().getRawAuthority() != null) {
      return request.getURI().getRawAuthority();
    }
    return port() == 80 ? request.getHost() : request.getHost() + ":" + port();
  }

  @Override
  public int port() {
    int port = request.getPort();
    return port > 0 ? port : scheme().equals("https") ? 443 : 80;
  }

  @Override
  public String path() {
    String path = request.getPath();
    String start = path == null || path.isEmpty() ? "/" : path;
    String query = request.getQuery();
    return query == null ? start : start + "?" + query;
  }

  @Override
  public @Nullable String header(String name) {
    return Fields.joined(request.getHeaders(), name);
  }

  @Override
  public boolean isReplayable() {
    return replayable.getAsBoolean();
  }

  static OutboundResponse of(Response response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.getStatus();
      }

      @Override
      public @Nullable String header(String name) {
        return Fields.joined(response.getHeaders(), name);
      }
    };
  }
}
