package dev.weft.instrumentation.undertow;

import dev.weft.inbound.InboundRequest;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the engine sees of an exchange that begins. */
final class ExchangeView extends InboundRequest {

  private final HttpServerExchange exchange;
  private final @Nullable ExchangeConnection connection;

  /**
   * @param connection null where it is none of TCP
   */
  ExchangeView(HttpServerExchange exchange, @Nullable ExchangeConnection connection) {
    this.exchange = exchange;
    this.connection = connection;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod().toString();
  }

  @Override
  public String scheme() {
    return exchange.getRequestScheme();
  }

  @Override
  public String authority() {
    String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
    return host == null ? "" : host;
  }

  @Override
  public String path() {
    String uri = exchange.getRequestURI();
    if (exchange.isHostIncludedInRequestURI()) {
      int authority = uri.indexOf("//");
      int path = uri.indexOf('/', authority < 0 ? 0 : authority + 2);
      uri = path < 0 ? "/" : uri.substring(path);
    }
    String query = exchange.getQueryString();
    return query == null || query.isEmpty() ? uri : uri + "?" + query;
  }

  @Override
  public String dispatchPath() {
    return exchange.getRequestPath();
  }

  @Override
  public @Nullable String header(String name) {
    HeaderValues values = exchange.getRequestHeaders().get(name);
    return values == null || values.isEmpty() ? null : String.join(",", values);
  }

  @Override
  public Collection<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (HttpString name : exchange.getRequestHeaders().getHeaderNames()) {
      names.add(name.toString().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return connection == null ? null : connection.peerAddress();
  }

  @Override
  public int localPort() {
    if (connection != null) {
      return connection.localPort();
    }
    SocketAddress local = exchange.getConnection().getLocalAddress();
    return local instanceof InetSocketAddress ? ((InetSocketAddress) local).getPort() : 0;
  }
}
