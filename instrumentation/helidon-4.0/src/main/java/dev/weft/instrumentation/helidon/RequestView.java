package dev.weft.instrumentation.helidon;

import dev.weft.inbound.InboundRequest;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request. */
final class RequestView extends InboundRequest {

  private final ConnectionContext connection;
  private final HttpPrologue prologue;
  private final Headers headers;
  private final @Nullable String authority;

  /**
   * @param authority of HTTP/2; null where it is a header
   */
  RequestView(
      ConnectionContext connection,
      HttpPrologue prologue,
      Headers headers,
      @Nullable String authority) {
    this.connection = connection;
    this.prologue = prologue;
    this.headers = headers;
    this.authority = authority;
  }

  @Override
  public String method() {
    return prologue.method().text();
  }

  @Override
  public String scheme() {
    return connection.isSecure() ? "https" : "http";
  }

  @Override
  public String authority() {
    if (authority != null) {
      return authority;
    }
    String host = header("host");
    return host == null ? "" : host;
  }

  @Override
  public String path() {
    String path = prologue.uriPath().rawPath();
    if (!path.startsWith("/")) {
      // A whole URI, of which Helidon takes the path as well.
      String meant = dispatchPath();
      path = meant != null && meant.startsWith("/") ? meant : "/" + path;
    }
    String query = prologue.query().rawValue();
    return query.isEmpty() ? path : path + "?" + query;
  }

  /** Decoded, normalized, without matrix parameters. */
  @Override
  public @Nullable String dispatchPath() {
    try {
      return prologue.uriPath().path();
    } catch (IllegalArgumentException malformed) {
      // Helidon fails on it as well.
      return null;
    }
  }

  @Override
  public @Nullable String header(String name) {
    HeaderName known = HeaderNames.create(name);
    return headers.contains(known) ? String.join(",", headers.get(known).allValues()) : null;
  }

  @Override
  public Collection<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (Header header : headers) {
      names.add(header.headerName().lowerCase());
    }
    return names;
  }

  /** Of the socket, PROXY protocol or not. */
  @Override
  public @Nullable InetSocketAddress peerAddress() {
    SocketAddress peer = connection.remotePeer().address();
    return peer instanceof InetSocketAddress ? (InetSocketAddress) peer : null;
  }

  @Override
  public int localPort() {
    return connection.localPeer().port();
  }
}
