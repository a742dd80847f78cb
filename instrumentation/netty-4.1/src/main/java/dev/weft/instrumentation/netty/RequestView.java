package dev.weft.instrumentation.netty;

import dev.weft.inbound.InboundRequest;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine sees of an HTTP/1.1 request. */
final class RequestView extends InboundRequest {

  private final Channel connection;
  private final HttpRequest request;

  RequestView(Channel connection, HttpRequest request) {
    this.connection = connection;
    this.request = request;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String scheme() {
    return Pipelines.hasOwnTls(connection.pipeline()) ? "https" : "http";
  }

  @Override
  public String authority() {
    String host = header("host");
    return host == null ? "" : host;
  }

  /** An absolute URI is told by its path, as frameworks read it. */
  @Override
  public String path() {
    String uri = request.uri();
    if (uri.startsWith("/")) {
      return uri;
    }
    int scheme = uri.indexOf("://");
    if (scheme < 0) {
      return "/" + uri;
    }
    int path = scheme + 3;
    while (path < uri.length() && "/?#".indexOf(uri.charAt(path)) < 0) {
      path++;
    }
    String rest = uri.substring(path);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = request.headers().getAll(name);
    if (values.isEmpty()) {
      return null;
    }
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return Pipelines.inet(connection.remoteAddress());
  }

  @Override
  public int localPort() {
    return Pipelines.localPort(connection);
  }
}
