package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.weft.inbound.InboundRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine sees of an exchange. */
final class ExchangeView extends InboundRequest {

  private final HttpExchange exchange;

  ExchangeView(HttpExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public String scheme() {
    return exchange instanceof HttpsExchange ? "https" : "http";
  }

  @Override
  public String authority() {
    String host = header("host");
    return host == null ? "" : host;
  }

  @Override
  public String path() {
    URI uri = exchange.getRequestURI();
    String path = uri.getRawPath();
    if (path == null || path.isEmpty()) {
      path = "/";
    }
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  /** The server looks for the longest context that this begins with, and does nothing else. */
  @Override
  public @Nullable String dispatchPath() {
    return exchange.getRequestURI().getPath();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = exchange.getRequestHeaders().get(name);
    if (values == null || values.isEmpty()) {
      return null;
    }
    return values.size() == 1 ? values.get(0) : String.join(",", values);
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public int localPort() {
    return exchange.getLocalAddress().getPort();
  }
}
