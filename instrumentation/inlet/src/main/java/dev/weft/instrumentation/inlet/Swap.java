package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Exchanges accepted channels for one end of a loopback connection. */
final class Swap {

  private Swap() {}

  /** The channel for the server; null to leave it the one that was accepted. */
  static @Nullable SocketChannel accepted(ServerSocketChannel server, SocketChannel accepted) {
    if (Face.of(accepted) != null) {
      return null;
    }
    try {
      SocketAddress local = accepted.getLocalAddress();
      SocketAddress remote = accepted.getRemoteAddress();
      if (!(local instanceof InetSocketAddress)
          || !(remote instanceof InetSocketAddress)
          || !Mesh.ports().isInlet(((InetSocketAddress) local).getPort())
          || Loopback.SHARED.isOwn(server)) {
        return null;
      }
      Visit visit = new Visit((InetSocketAddress) remote, (InetSocketAddress) local);
      if (visit.isUnencrypted()) {
        leave(accepted, visit);
        return null;
      }
      return exchange(accepted, visit);
    } catch (IOException | RuntimeException e) {
      // Without us it would be open to everybody.
      Mesh.problem("inlet accept", e);
      end(accepted);
      return null;
    }
  }

  private static SocketChannel exchange(SocketChannel accepted, Visit visit) throws IOException {
    Loopback.Pair pair = Loopback.SHARED.connect();
    try {
      pair.near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      pair.far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      accepted.configureBlocking(false);
      pair.near.configureBlocking(false);
      Pump pump = Pump.next();
      Link link = new Link(pump, accepted, pair.near, visit, new WeakReference<>(pair.far));
      Face.put(pair.far, new Face(visit, link::onServerClosed));
      pump.add(link);
      return pair.far;
    } catch (IOException | RuntimeException e) {
      pair.near.close();
      pair.far.close();
      throw e;
    }
  }

  /** Nothing is encrypted here, but not everybody may come. */
  private static void leave(SocketChannel accepted, Visit visit) {
    WeakReference<SocketChannel> reference = new WeakReference<>(accepted);
    Face.put(accepted, new Face(visit, visit::end));
    if (!visit.admit(null, () -> cut(reference.get()))) {
      end(accepted);
    }
  }

  private static void cut(@Nullable SocketChannel channel) {
    if (channel != null) {
      Link.closeQuietly(channel);
    }
  }

  /** The server sees the end of the connection: a closed channel might end its accept loop. */
  private static void end(SocketChannel accepted) {
    try {
      accepted.shutdownInput();
      accepted.shutdownOutput();
    } catch (IOException alreadyGone) {
      // As it shall be.
    }
  }
}
