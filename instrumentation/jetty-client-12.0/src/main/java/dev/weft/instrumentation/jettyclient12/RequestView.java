package dev.weft.instrumentation.jettyclient12;

import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
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
    String host = request.getHeaders().get(HttpHeader.HOST);
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
    return joined(request.getHeaders(), name);
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
        return joined(response.getHeaders(), name);
      }
    };
  }

  private static @Nullable String joined(HttpFields fields, String name) {
    List<String> values = fields.getValuesList(name);
    return values.isEmpty() ? null : String.join(",", values);
  }
}
