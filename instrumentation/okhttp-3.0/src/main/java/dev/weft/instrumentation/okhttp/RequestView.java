package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.OutboundRequest;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** A request as the application's own interceptors left it. */
final class RequestView extends OutboundRequest {

  private final Request request;
  private final HttpUrl url;

  RequestView(Request request) {
    this.request = request;
    this.url = request.url();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return url.scheme();
  }

  @Override
  public String authority() {
    String named = request.header("Host");
    if (named != null) {
      return named;
    }
    String host = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
  }

  @Override
  public int port() {
    return url.port();
  }

  @Override
  public String path() {
    String query = url.encodedQuery();
    return query == null ? url.encodedPath() : url.encodedPath() + "?" + query;
  }

  @Override
  public @Nullable String header(String name) {
    return joined(request.headers(name));
  }

  @Override
  public boolean isReplayable() {
    return request.body() == null || NewerMembers.isReplayable(request.body());
  }

  static @Nullable String joined(List<String> values) {
    return values.isEmpty() ? null : String.join(",", values);
  }
}
