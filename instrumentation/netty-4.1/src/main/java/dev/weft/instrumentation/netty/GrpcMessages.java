package dev.weft.instrumentation.netty;

import io.netty.buffer.ByteBuf;

/** Counts the messages of one direction of a gRPC call: a flag, four bytes of length, the rest. */
final class GrpcMessages {

  private static final int PREFIX = 5;

  private int prefixed;
  private long length;
  private long count;

  long count() {
    return count;
  }

  /** Looks at {@code data}, and leaves it as it is. */
  void look(ByteBuf data) {
    int at = data.readerIndex();
    int end = at + data.readableBytes();
    while (at < end) {
      if (prefixed < PREFIX) {
        int value = data.getByte(at++) & 0xff;
        length = prefixed == 0 ? 0 : length << 8 | value;
        if (++prefixed == PREFIX) {
          count++;
        }
      } else {
        long step = Math.min(length, end - at);
        at += (int) step;
        length -= step;
      }
      if (prefixed == PREFIX && length == 0) {
        prefixed = 0;
      }
    }
  }
}
