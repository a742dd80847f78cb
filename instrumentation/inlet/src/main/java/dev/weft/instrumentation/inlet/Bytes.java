package dev.weft.instrumentation.inlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Bytes on their way, in a buffer that is held only while there are any. Of a pump's thread. */
final class Bytes {

  static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final Pump pump;

  /** Ready to be drained. */
  private @Nullable ByteBuffer buffer;

  Bytes(Pump pump) {
    this.pump = pump;
  }

  boolean isEmpty() {
    return buffer == null;
  }

  int size() {
    return buffer == null ? 0 : buffer.remaining();
  }

  /** The first of them. */
  byte first() {
    ByteBuffer some = toDrain();
    return some.get(some.position());
  }

  /** To be read from; call {@link #drained} afterwards. */
  ByteBuffer toDrain() {
    return buffer == null ? NONE : buffer;
  }

  void drained() {
    ByteBuffer some = buffer;
    if (some != null && !some.hasRemaining()) {
      buffer = null;
      pump.release(some);
    }
  }

  /**
   * To be written to, behind what is there; call {@link #filled} afterwards.
   *
   * @param room the least
   */
  ByteBuffer toFill(int room) {
    ByteBuffer some = buffer;
    if (some == null) {
      some = pump.acquire();
    } else {
      some.compact();
    }
    if (some.remaining() < room) {
      ByteBuffer larger = ByteBuffer.allocate(some.position() + room);
      some.flip();
      larger.put(some);
      pump.release(some);
      some = larger;
    }
    buffer = some;
    return some;
  }

  void filled() {
    ByteBuffer some = buffer;
    if (some != null) {
      some.flip();
      drained();
    }
  }

  /** Keeps what remains in {@code bytes}. */
  void put(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      toFill(bytes.remaining()).put(bytes);
      filled();
    }
  }

  /**
   * @return as {@link SocketChannel#read(ByteBuffer)} does
   */
  int readFrom(SocketChannel channel) throws IOException {
    try {
      return channel.read(toFill(1));
    } finally {
      filled();
    }
  }

  /**
   * @return whether all is written
   */
  boolean writeTo(SocketChannel channel) throws IOException {
    ByteBuffer some = buffer;
    if (some == null) {
      return true;
    }
    channel.write(some);
    drained();
    return buffer == null;
  }

  void discard() {
    ByteBuffer some = buffer;
    if (some != null) {
      buffer = null;
      pump.release(some);
    }
  }
}
