package dev.weft.engine;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of the connections that servers of this process accepted. Asked for every
 * request that arrives: quick, does not block.
 */
public interface Connections {

  /** All plaintext. */
  Connections NONE = (remote, localPort) -> null;

  /**
   * The verified peer of an open mutual-TLS connection; null for a plaintext one.
   *
   * @param remote the raw address of the peer
   */
  @Nullable PeerIdentity peer(InetSocketAddress remote, int localPort);
}
