package dev.weft.instrumentation.httpurlconnection;

import dev.weft.outbound.ResponseEnd;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of a response, which tells how it ended. */
final class MeshBody extends FilterInputStream {

  private final ResponseEnd end;
  private final boolean lengthKnown;
  private long left;

  /**
   * @param length negative when it is not known beforehand
   */
  MeshBody(InputStream body, long length, ResponseEnd end) {
    super(body);
    this.end = end;
    this.left = length;
    this.lengthKnown = length >= 0;
    if (length == 0) {
      end.completed();
    }
  }

  @Override
  public int read() throws IOException {
    try {
      int read = super.read();
      advance(read < 0 ? -1 : 1);
      return read;
    } catch (IOException e) {
      end.failed(e);
      throw e;
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int read = super.read(buffer, offset, length);
      advance(read);
      return read;
    } catch (IOException e) {
      end.failed(e);
      throw e;
    }
  }

  @Override
  public long skip(long count) throws IOException {
    try {
      long skipped = super.skip(count);
      advance(skipped);
      return skipped;
    } catch (IOException e) {
      end.failed(e);
      throw e;
    }
  }

  private void advance(long count) {
    left -= Math.max(count, 0);
    if (count < 0 && lengthKnown && left > 0) {
      // The JDK lets the application take this for the end.
      end.failed(new EOFException("body ended " + left + " bytes before its length"));
    } else if (count < 0 || (lengthKnown && left <= 0)) {
      end.completed();
    }
  }

  @Override
  public void close() throws IOException {
    leave();
    super.close();
  }

  /** The application is done with the body, read or not. */
  void leave() {
    // A parser stops at the end of its document and does not ask for the end of the stream. Where
    // the length is not known, a stream with nothing to read is taken for read.
    if (!lengthKnown && nothingAvailable()) {
      end.completed();
    }
    end.cancelled();
  }

  private boolean nothingAvailable() {
    try {
      return available() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
