package dev.weft.instrumentation.vertx;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the application says of a request before it is sent. Used as the library's: by one thread.
 */
final class Head {

  final RequestOptions options;
  final MultiMap headers = HttpHeaders.headers();
  HttpMethod method;
  String uri;
  String host;
  int port;
  boolean chunked;
  boolean follows;
  int redirects;

  /** Calls that the library's own request will get, in their order: methods and arguments. */
  private final List<Setting> settings = new ArrayList<>(2);

  Head(HttpClientOptions client, RequestOptions options, String host, int port) {
    this.options = new RequestOptions(options).setHeaders(null);
    this.method = options.getMethod();
    this.uri = options.getURI();
    this.host = host;
    this.port = port;
    this.redirects = client.getMaxRedirects();
    this.follows = Boolean.TRUE.equals(options.getFollowRedirects());
    MultiMap given = options.getHeaders();
    if (given != null) {
      headers.addAll(given);
    }
  }

  String authority() {
    return port == 80 ? host : host + ":" + port;
  }

  String path() {
    int end = uri.indexOf('?');
    return end < 0 ? uri : uri.substring(0, end);
  }

  @Nullable String query() {
    int start = uri.indexOf('?');
    return start < 0 ? null : uri.substring(start + 1);
  }

  void later(Method method, @Nullable Object[] arguments) {
    settings.add(new Setting(method, arguments));
  }

  /** Does to {@code request} what the application did. */
  void applyTo(HttpClientRequest request) {
    request.headers().addAll(headers);
    if (chunked) {
      request.setChunked(true);
    }
    for (Setting setting : settings) {
      Members.call(setting.method, request, setting.arguments);
    }
  }

  private static final class Setting {
    final Method method;
    final @Nullable Object[] arguments;

    Setting(Method method, @Nullable Object[] arguments) {
      this.method = method;
      this.arguments = arguments;
    }
  }
}
