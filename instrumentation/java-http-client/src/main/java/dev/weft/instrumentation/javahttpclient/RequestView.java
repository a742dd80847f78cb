package dev.weft.instrumentation.javahttpclient;

import dev.weft.outbound.OutboundRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request as the client would send it. */
final class RequestView extends OutboundRequest {

  /**
   * The publishers of the JDK that read what they publish anew for each subscriber. One over a
   * supplier of streams may be given the same stream twice, and any other is unknown.
   */
  private static final Set<String> REPLAYABLE =
      new HashSet<>(
          Arrays.asList(
              "ByteArrayPublisher",
              "StringPublisher",
              "EmptyPublisher",
              "FilePublisher",
              "IterablePublisher"));

  private final HttpRequest request;

  RequestView(HttpRequest request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String own = header("host");
    URI uri = request.uri();
    return own != null
        ? own
        : uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  @Override
  public int port() {
    int port = request.uri().getPort();
    return port < 0 ? 80 : port;
  }

  @Override
  public String path() {
    return path(request.uri());
  }

  static String path(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderLists.joined(request.headers(), name);
  }

  @Override
  public boolean isReplayable() {
    HttpRequest.BodyPublisher body = request.bodyPublisher().orElse(null);
    return body == null
        || body.contentLength() == 0
        || REPLAYABLE.contains(body.getClass().getSimpleName());
  }
}
