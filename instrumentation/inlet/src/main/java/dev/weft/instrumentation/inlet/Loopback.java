package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Makes connections of this process to itself, over one listener. Thread-safe. */
final class Loopback {

  static final Loopback SHARED = new Loopback();

  private static final int CONNECT_MILLIS = 2_000;
  private static final int BACKLOG = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable ServerSocketChannel listener;

  private Loopback() {}

  /** Both ends of a connection; blocking. */
  static final class Pair {
    /** Ours. */
    final SocketChannel near;

    /** The server's. */
    final SocketChannel far;

    Pair(SocketChannel near, SocketChannel far) {
      this.near = near;
      this.far = far;
    }
  }

  boolean isOwn(ServerSocketChannel server) {
    return server == listener;
  }

  Pair connect() throws IOException {
    lock.lock();
    try {
      ServerSocketChannel open = listener();
      SocketChannel near = SocketChannel.open();
      try {
        near.socket().connect(open.getLocalAddress(), CONNECT_MILLIS);
        return new Pair(near, otherEnd(open, near));
      } catch (IOException | RuntimeException e) {
        near.close();
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whoever else found the listener is turned away. */
  private static SocketChannel otherEnd(ServerSocketChannel open, SocketChannel near)
      throws IOException {
    InetSocketAddress own = (InetSocketAddress) near.getLocalAddress();
    for (; ; ) {
      SocketChannel accepted = open.accept();
      if (own.equals(accepted.getRemoteAddress())) {
        return accepted;
      }
      accepted.close();
    }
  }

  private ServerSocketChannel listener() throws IOException {
    ServerSocketChannel known = listener;
    if (known != null && known.isOpen()) {
      return known;
    }
    ServerSocketChannel made = ServerSocketChannel.open();
    listener = made;
    made.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    InetSocketAddress bound = (InetSocketAddress) made.getLocalAddress();
    if (Mesh.ports().inletPorts().contains(bound.getPort())) {
      // A port that the application means to have.
      made.close();
      return listener();
    }
    return made;
  }
}
