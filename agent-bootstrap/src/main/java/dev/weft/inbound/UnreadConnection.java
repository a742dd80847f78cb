package dev.weft.inbound;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection of whose requests nothing is known. */
final class UnreadConnection extends InboundRequest {

  private final InetSocketAddress peer;
  private final int localPort;

  UnreadConnection(InetSocketAddress peer, int localPort) {
    this.peer = peer;
    this.localPort = localPort;
  }

  @Override
  public String method() {
    return "";
  }

  @Override
  public String scheme() {
    return "";
  }

  @Override
  public String authority() {
    return "";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public @Nullable String header(String name) {
    return null;
  }

  @Override
  public InetSocketAddress peerAddress() {
    return peer;
  }

  @Override
  public int localPort() {
    return localPort;
  }
}
