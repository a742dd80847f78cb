package dev.weft.instrumentation.reactornetty;

import dev.weft.outbound.OutboundRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/** A request as it is configured; what the application sets while it is sent is not known yet. */
final class RequestView extends OutboundRequest {

  private final HttpClientConfig config;
  private final URI uri;
  private final BooleanSupplier replayable;

  RequestView(HttpClientConfig config, URI uri, BooleanSupplier replayable) {
    this.config = config;
    this.uri = uri;
    this.replayable = replayable;
  }

  /** The address as the client puts it together; null when it is none of http. */
  static @Nullable URI uri(HttpClientConfig config) {
    String uri = config.uri() == null ? "/" : config.uri();
    String base = config.baseUrl();
    if (base != null && uri.startsWith("/")) {
      uri = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + uri;
    }
    if (uri.startsWith("/")) {
      SocketAddress remote = config.remoteAddress().get();
      if (!(remote instanceof InetSocketAddress)) {
        return null;
      }
      InetSocketAddress address = (InetSocketAddress) remote;
      uri = address.getHostString() + ":" + address.getPort() + uri;
    }
    if (!uri.contains("://")) {
      uri = (config.isSecure() ? "https://" : "http://") + uri;
    }
    try {
      URI parsed = URI.create(uri);
      boolean http = "http".equalsIgnoreCase(parsed.getScheme()) && parsed.getHost() != null;
      return http ? parsed : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public String method() {
    return config.method().name();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String own = config.headers().get(HttpHeaderNames.HOST);
    return own != null
        ? own
        : uri.getPort() < 0 || uri.getPort() == 80 ? uri.getHost() : uri.getHost() + ":" + port();
  }

  @Override
  public int port() {
    return uri.getPort() < 0 ? 80 : uri.getPort();
  }

  @Override
  public String path() {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public @Nullable String header(String name) {
    return Head.joined(config.headers().getAll(name));
  }

  @Override
  public boolean isReplayable() {
    return replayable.getAsBoolean();
  }
}
