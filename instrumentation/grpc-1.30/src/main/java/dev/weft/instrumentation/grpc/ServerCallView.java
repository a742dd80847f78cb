package dev.weft.instrumentation.grpc;

import dev.weft.inbound.InboundRequest;
import io.grpc.Metadata;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A call that arrived, as it was on HTTP/2: the transport lets nothing but POST through. */
final class ServerCallView extends InboundRequest {

  private final ServerConnection connection;
  private final @Nullable String authority;
  private final String path;
  private final Metadata headers;

  ServerCallView(
      ServerConnection connection, @Nullable String authority, String method, Metadata headers) {
    this.connection = connection;
    this.authority = authority;
    this.path = "/" + method;
    this.headers = headers;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String scheme() {
    return connection.encrypted ? "https" : "http";
  }

  @Override
  public String authority() {
    return authority == null ? "" : authority;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    return Headers.get(headers, name);
  }

  @Override
  public Collection<String> headerNames() {
    return headers.keys();
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return connection.peer;
  }

  @Override
  public int localPort() {
    return connection.localPort;
  }
}
