package dev.weft.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A response body that tells how it ended; see {@link ResponseEnd#watch}. */
final class WatchedBody extends FilterInputStream {

  private final ResponseEnd end;
  private final boolean drains;

  WatchedBody(InputStream body, ResponseEnd end, boolean drains) {
    super(body);
    this.end = end;
    this.drains = drains;
  }

  @Override
  public int read() throws IOException {
    try {
      return seen(in.read());
    } catch (IOException | RuntimeException e) {
      end.failed(e);
      throw e;
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int count = in.read(buffer, offset, length);
      // Some streams say so at their end even when nothing was asked for, and callers believe it.
      return seen(count);
    } catch (IOException | RuntimeException e) {
      end.failed(e);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      in.close();
    } catch (IOException | RuntimeException e) {
      end.failed(e);
      throw e;
    }
    if (drains) {
      end.completed();
    } else {
      end.cancelled();
    }
  }

  /** A mark would let the application read the end twice. */
  @Override
  public boolean markSupported() {
    return false;
  }

  private int seen(int result) {
    if (result < 0) {
      end.completed();
    }
    return result;
  }
}
