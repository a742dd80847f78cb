package dev.weft.instrumentation.inlet;

import dev.weft.instrumentation.WeakIdentityMap;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * What the inlet knows of a channel that a server has: whose it really is, and who hears its end.
 */
final class Face {

  /** No value leads to its key. */
  private static final WeakIdentityMap<Face> FACES = new WeakIdentityMap<>();

  final InetSocketAddress remote;
  final InetSocketAddress local;
  private final Runnable onClose;

  /**
   * @param onClose told once, on the thread that closes; must not lead to the channel
   */
  Face(Visit visit, Runnable onClose) {
    this.remote = visit.peer;
    this.local = visit.local;
    this.onClose = onClose;
  }

  static @Nullable Face of(SocketChannel channel) {
    return FACES.get(channel);
  }

  static void put(SocketChannel channel, Face face) {
    FACES.put(channel, face);
  }

  static void closing(SocketChannel channel) {
    Face face = FACES.get(channel);
    if (face != null) {
      FACES.remove(channel);
      face.onClose.run();
    }
  }
}
