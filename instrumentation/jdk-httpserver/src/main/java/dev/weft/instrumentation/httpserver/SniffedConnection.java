package dev.weft.instrumentation.httpserver;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection, plaintext or mutual TLS: its first byte tells. Read by one thread at a
 * time, as the server does it; written and closed by any.
 */
final class SniffedConnection {

  /** The server's own streams do it. */
  static final int NOT_OURS = -2;

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final byte HANDSHAKE = 0x16;

  private enum State {
    NEW,
    /** Under no rule. */
    UNTOUCHED,
    PLAINTEXT,
    TLS,
    REFUSED
  }

  /**
   * Emptied when connections close. Values lead back to their keys, but the server closes every
   * connection by the one method that is hooked.
   */
  private static final Map<SocketChannel, SniffedConnection> CONNECTIONS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final SocketChannel channel;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile State state = State.NEW;
  private @Nullable SSLSocket tls;
  private @Nullable InetSocketAddress connectedPeer;
  private int localPort;

  private SniffedConnection(SocketChannel channel) {
    this.channel = channel;
  }

  static SniffedConnection of(SocketChannel channel) {
    return CONNECTIONS.computeIfAbsent(channel, SniffedConnection::new);
  }

  /** Ends the TLS session, if there is one, and the connection with it. */
  static void close(SocketChannel channel) {
    SniffedConnection connection = CONNECTIONS.remove(channel);
    if (connection != null) {
      connection.closeTls();
    }
  }

  /**
   * Cuts the connection to {@code remote} without a goodbye; the server notices and cleans up.
   *
   * @return false when there is none, as on a server that terminates TLS itself
   */
  static boolean cut(InetSocketAddress remote, int localPort) {
    List<SocketChannel> open;
    synchronized (CONNECTIONS) {
      open = new ArrayList<>(CONNECTIONS.keySet());
    }
    for (SocketChannel channel : open) {
      if (channel.socket().getPort() == remote.getPort()
          && channel.socket().getLocalPort() == localPort
          && remote.getAddress().equals(channel.socket().getInetAddress())) {
        try {
          channel.close();
        } catch (IOException alreadyGone) {
          // That is what was wanted.
        }
        return true;
      }
    }
    return false;
  }

  /**
   * @return bytes read, -1 at the end, {@link #NOT_OURS} to let the server read
   */
  int read(byte[] bytes, int offset, int length) throws IOException {
    if (state == State.NEW) {
      return first(bytes, offset, length);
    }
    SSLSocket socket = tls;
    if (state == State.TLS && socket != null) {
      return socket.getInputStream().read(bytes, offset, length);
    }
    return state == State.REFUSED ? -1 : NOT_OURS;
  }

  /**
   * Whether the server would miss a next request when it only watched the channel.
   *
   * @return bytes at hand, or {@link #NOT_OURS}
   */
  int available() throws IOException {
    SSLSocket socket = tls;
    if (state == State.TLS && socket != null) {
      return socket.getInputStream().available();
    }
    // The server's stream counts its whole buffer until it has read by itself for the first time.
    return state == State.PLAINTEXT ? 0 : NOT_OURS;
  }

  /**
   * @return false to let the server write
   */
  boolean write(byte[] bytes, int offset, int length) throws IOException {
    SSLSocket socket = tls;
    if (state != State.TLS || socket == null) {
      return false;
    }
    writing.lock();
    try {
      socket.getOutputStream().write(bytes, offset, length);
    } finally {
      writing.unlock();
    }
    return true;
  }

  private int first(byte[] bytes, int offset, int length) throws IOException {
    localPort = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    ServerTls rule =
        OwnServers.isOn(localPort) ? ServerTls.DISABLED : Mesh.transport().server(localPort);
    if (rule.mode() == ServerTls.Mode.DISABLE || length == 0) {
      state = State.UNTOUCHED;
      return NOT_OURS;
    }
    int count = channel.read(ByteBuffer.wrap(bytes, offset, length));
    if (count <= 0) {
      return count;
    }
    SSLContext context = rule.context();
    if (bytes[offset] == HANDSHAKE && context != null) {
      return handshake(context, new ByteArrayInputStream(bytes.clone(), offset, count))
          ? read(bytes, offset, length)
          : -1;
    }
    if (bytes[offset] == HANDSHAKE || rule.mode() == ServerTls.Mode.STRICT) {
      state = State.REFUSED;
      return -1;
    }
    state = State.PLAINTEXT;
    return count;
  }

  private boolean handshake(SSLContext context, ByteArrayInputStream consumed) throws IOException {
    state = State.REFUSED;
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(new ChannelSocket(channel), consumed, true);
    try {
      socket.setUseClientMode(false);
      socket.setNeedClientAuth(true);
      socket.startHandshake();
    } catch (SSLException refused) {
      // The peer got its alert; the server ends the connection as if it had sent nothing.
      return false;
    }
    InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
    Mesh.transport().connected(peer, localPort, socket.getSession());
    connectedPeer = peer;
    tls = socket;
    state = State.TLS;
    return true;
  }

  private void closeTls() {
    SSLSocket socket = tls;
    // A writer that hangs on a peer which does not read must not hold up the one who closes.
    if (socket != null && writing.tryLock()) {
      try {
        socket.close();
      } catch (IOException alreadyGone) {
        // The server closes the channel itself.
      } finally {
        writing.unlock();
      }
    }
    InetSocketAddress peer = connectedPeer;
    if (peer != null) {
      connectedPeer = null;
      Mesh.transport().disconnected(peer, localPort);
    }
  }
}
