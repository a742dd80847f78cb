package dev.weft.instrumentation.undertow;

import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** The connection under one exchange. */
final class ExchangeConnection implements InboundRequest.Connection {

  private static final AttachmentKey<ExchangeConnection> KEY =
      AttachmentKey.create(ExchangeConnection.class);

  private final HttpServerExchange exchange;
  private final InetSocketAddress peer;
  private final int localPort;

  private ExchangeConnection(HttpServerExchange exchange, InetSocketAddress peer, int localPort) {
    this.exchange = exchange;
    this.peer = peer;
    this.localPort = localPort;
  }

  /** Null where it is no TCP connection. */
  static @Nullable ExchangeConnection attachTo(HttpServerExchange exchange) {
    ServerConnection connection = exchange.getConnection();
    SocketAddress peer = connection.getPeerAddress();
    SocketAddress local = connection.getLocalAddress();
    if (!(peer instanceof InetSocketAddress) || !(local instanceof InetSocketAddress)) {
      return null;
    }
    InetSocketAddress raw = isProxied(connection) ? nobody() : (InetSocketAddress) peer;
    int localPort = ((InetSocketAddress) local).getPort();
    ExchangeConnection attached = new ExchangeConnection(exchange, raw, localPort);
    exchange.putAttachment(KEY, attached);
    if (MeshTls.is(connection.getSslSession())) {
      // As it would be without the mesh: redirects and cookies stay as they were.
      exchange.setRequestScheme("http");
    }
    return attached;
  }

  static @Nullable ExchangeConnection of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  private static boolean isProxied(ServerConnection connection) {
    return connection instanceof HttpServerConnection
        && Proxied.is(((HttpServerConnection) connection).getChannel());
  }

  /** What a PROXY header claims must not find another peer's identity. */
  private static InetSocketAddress nobody() {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public InetSocketAddress peerAddress() {
    return peer;
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public void changeHeaders(HeaderMutations changes) {
    changeHeaders(exchange, changes);
  }

  static void changeHeaders(HttpServerExchange exchange, HeaderMutations changes) {
    HeaderMap headers = exchange.getRequestHeaders();
    changes.apply(
        headers::remove,
        (name, value) -> headers.put(new HttpString(name), value),
        (name, value) -> headers.add(new HttpString(name), value));
  }

  @Override
  public void abort() {
    // Of HTTP/2 this is the stream.
    IoUtils.safeClose(exchange.getConnection());
  }
}
