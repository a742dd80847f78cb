package dev.weft.instrumentation.nettyhttp;

import dev.weft.outbound.OutboundRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as the application wrote it to its connection. */
final class RequestView extends OutboundRequest {

  private static final int HTTP = 80;

  private final HttpRequest request;
  private final InetSocketAddress remote;
  private final RequestBody body;

  RequestView(HttpRequest request, InetSocketAddress remote, RequestBody body) {
    this.request = request;
    this.remote = remote;
    this.body = body;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String host = request.headers().get("host");
    if (host != null && !host.isEmpty()) {
      return host;
    }
    String name = remote.getHostString();
    return remote.getPort() == HTTP ? name : name + ':' + remote.getPort();
  }

  @Override
  public int port() {
    return remote.getPort();
  }

  @Override
  public String path() {
    String uri = request.uri();
    return uri.startsWith("/") ? uri : '/' + uri;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = request.headers().getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  @Override
  public boolean isReplayable() {
    return body.isReplayable();
  }
}
