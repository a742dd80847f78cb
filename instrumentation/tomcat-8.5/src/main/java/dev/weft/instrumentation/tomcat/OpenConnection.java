package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection of an HTTP connector, by its raw addresses. The table of all of them is
 * how a request finds the one that it came on: Tomcat shows requests no socket. Thread-safe.
 */
class OpenConnection {

  /** A sweep for connections that closed unseen comes when the table is this much larger. */
  private static final int SWEEP_AFTER = 1024;

  private static final ConcurrentMap<Key, OpenConnection> OPEN = new ConcurrentHashMap<>();
  private static final AtomicInteger SWEEP_AT = new AtomicInteger(SWEEP_AFTER);

  private final NetworkChannel channel;
  private final InetSocketAddress peer;
  private final int localPort;
  private final ReentrantLock telling = new ReentrantLock();
  private boolean connected;
  private boolean gone;
  private volatile X509Certificate @Nullable [] certificates;

  OpenConnection(NetworkChannel channel, InetSocketAddress peer, int localPort) {
    this.channel = channel;
    this.peer = peer;
    this.localPort = localPort;
  }

  /** Enters it into the table. Whoever had the same addresses before is gone for certain. */
  final void opened() {
    OpenConnection before = OPEN.put(new Key(peer, localPort), this);
    if (before != null && !before.channel.isOpen()) {
      before.closed();
    }
    if (OPEN.size() > SWEEP_AT.get()) {
      for (OpenConnection each : OPEN.values()) {
        if (!each.channel.isOpen()) {
          each.closed();
        }
      }
      SWEEP_AT.set(2 * OPEN.size() + SWEEP_AFTER);
    }
  }

  /**
   * @param address of the peer, in numbers
   */
  static @Nullable OpenConnection find(String address, int port, int localPort) {
    try {
      return OPEN.get(
          new Key(new InetSocketAddress(InetAddress.getByName(address), port), localPort));
    } catch (IOException notAnAddress) {
      return null;
    }
  }

  /** The peer of a channel; null where it has none or is no Internet socket. */
  static @Nullable InetSocketAddress peerOf(NetworkChannel channel) {
    try {
      SocketAddress address =
          channel instanceof SocketChannel
              ? ((SocketChannel) channel).getRemoteAddress()
              : ((AsynchronousSocketChannel) channel).getRemoteAddress();
      return address instanceof InetSocketAddress ? (InetSocketAddress) address : null;
    } catch (IOException gone) {
      return null;
    }
  }

  /** The own port of a channel; 0 when it is closed. */
  static int localPortOf(NetworkChannel channel) {
    try {
      SocketAddress address = channel.getLocalAddress();
      return address instanceof InetSocketAddress ? ((InetSocketAddress) address).getPort() : 0;
    } catch (IOException gone) {
      return 0;
    }
  }

  final InetSocketAddress peer() {
    return peer;
  }

  final int localPort() {
    return localPort;
  }

  /** The peer's verified certificates, its own first; null without TLS of ours. */
  final X509Certificate @Nullable [] certificates() {
    X509Certificate[] verified = certificates;
    return verified == null ? null : verified.clone();
  }

  /** A handshake is over. */
  final void connected(SSLSession session) throws SSLPeerUnverifiedException {
    Certificate[] chain = session.getPeerCertificates();
    certificates = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    telling.lock();
    try {
      if (!gone && !connected) {
        connected = true;
        Mesh.transport().connected(peer, localPort, session);
      }
    } finally {
      telling.unlock();
    }
  }

  /** The connection is closed, or about to be. A second call has no effect. */
  void closed() {
    OPEN.remove(new Key(peer, localPort), this);
    telling.lock();
    try {
      if (connected && !gone) {
        Mesh.transport().disconnected(peer, localPort);
      }
      gone = true;
    } finally {
      telling.unlock();
    }
  }

  /**
   * Cuts what flows in both directions, without a goodbye. The channel stays open: Tomcat counts
   * its connections by the closes that it does itself.
   */
  final void cut() {
    try {
      if (channel instanceof SocketChannel) {
        ((SocketChannel) channel).shutdownInput().shutdownOutput();
      } else {
        ((AsynchronousSocketChannel) channel).shutdownInput().shutdownOutput();
      }
    } catch (IOException alreadyGone) {
      // That is what was wanted.
    }
  }

  private static final class Key {
    private final InetSocketAddress peer;
    private final int localPort;

    Key(InetSocketAddress peer, int localPort) {
      this.peer = peer;
      this.localPort = localPort;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key
          && ((Key) other).localPort == localPort
          && ((Key) other).peer.equals(peer);
    }

    @Override
    public int hashCode() {
      return 31 * peer.hashCode() + localPort;
    }
  }
}
