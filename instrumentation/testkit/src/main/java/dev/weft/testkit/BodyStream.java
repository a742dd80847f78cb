package dev.weft.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The body of a response, part by part as the library gives it. Read by one thread. */
public abstract class BodyStream extends InputStream {

  private byte @Nullable [] part = new byte[0];
  private int position;

  /** The next part, which may be empty, once it is there; null at the end. */
  protected abstract byte @Nullable [] next() throws IOException;

  /** A body that the library gives as a stream, whose close gives it up. */
  public static BodyStream of(Stream<byte[]> parts) {
    Iterator<byte[]> iterator = parts.iterator();
    return new BodyStream() {
      @Override
      protected byte @Nullable [] next() throws IOException {
        try {
          return iterator.hasNext() ? iterator.next() : null;
        } catch (RuntimeException e) {
          throw new IOException(e);
        }
      }

      @Override
      public void close() {
        parts.close();
      }
    };
  }

  /** Whether it was read to its end. */
  public final boolean isOver() {
    return part == null;
  }

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public final int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    byte[] current = part;
    while (current != null && position == current.length) {
      current = next();
      part = current;
      position = 0;
    }
    if (current == null) {
      return -1;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, into, offset, count);
    position += count;
    return count;
  }
}
