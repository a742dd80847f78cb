package dev.weft.instrumentation.jetty;

import dev.weft.instrumentation.WeakIdentityMap;
import java.nio.ByteBuffer;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The byte by which a connection was told apart, until the connection that took over reads it.
 * There is no way of Jetty's own to give it back that all versions and all connections have.
 */
final class FirstByte {

  private static final WeakIdentityMap<Byte> READ = new WeakIdentityMap<>();

  private FirstByte() {}

  static void giveBack(Object endPoint, byte first) {
    READ.put(endPoint, first);
  }

  /** Appends it to {@code buffer}, once; false where there is none, as nearly always. */
  static boolean fill(Object endPoint, ByteBuffer buffer) {
    Byte first = READ.get(endPoint);
    if (first == null) {
      return false;
    }
    READ.remove(endPoint);
    BufferUtil.append(buffer, first);
    return true;
  }
}
