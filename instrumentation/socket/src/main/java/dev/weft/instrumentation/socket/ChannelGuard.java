package dev.weft.instrumentation.socket;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.TransportSecurity.Refusal;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Whether a channel of NIO that connects to an endpoint which must be reached by TLS of ours begins
 * with TLS. Whoever is to put TLS in may be missing: its adapter stepped aside, its handler was
 * taken off.
 */
final class ChannelGuard {

  /** What TLS begins with. */
  private static final byte HANDSHAKE_RECORD = 0x16;

  /** Channels that have not written yet, with the name of their endpoint. */
  private static final WeakIdentityMap<String> SILENT = new WeakIdentityMap<>();

  private ChannelGuard() {}

  static void connecting(Object channel, @Nullable SocketAddress address) {
    String peer = Floor.mutualTlsPeer(address);
    if (peer != null) {
      SILENT.put(channel, peer);
    }
  }

  /** Why {@code bytes} must not be written; null where they may. */
  static @Nullable IOException refusal(Object channel, @Nullable ByteBuffer bytes) {
    String peer = SILENT.get(channel);
    return peer == null || bytes == null ? null : first(channel, peer, bytes);
  }

  /** As {@link #refusal(Object, ByteBuffer)}, of {@code length} buffers from {@code offset} on. */
  static @Nullable IOException refusal(
      Object channel, ByteBuffer @Nullable [] bytes, int offset, int length) {
    String peer = SILENT.get(channel);
    if (peer == null || bytes == null) {
      return null;
    }
    for (int i = Math.max(0, offset); i < bytes.length && i < offset + length; i++) {
      if (bytes[i].hasRemaining()) {
        return first(channel, peer, bytes[i]);
      }
    }
    return null;
  }

  private static @Nullable IOException first(Object channel, String peer, ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return null;
    }
    if (bytes.get(bytes.position()) == HANDSHAKE_RECORD) {
      SILENT.remove(channel);
      return null;
    }
    Mesh.transport().refused(peer, Refusal.PLAINTEXT);
    try {
      ((Channel) channel).close();
    } catch (IOException e) {
      // It is closed all the same.
    }
    return new IOException(peer + " must be reached by mutual TLS, and what was written is none");
  }
}
