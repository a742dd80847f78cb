package dev.weft.instrumentation.socket;

import dev.weft.outbound.OutboundMesh.Connection;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how much was read. */
final class CountedInput extends FilterInputStream {

  private final Connection connection;

  CountedInput(InputStream in, Connection connection) {
    super(in);
    this.connection = connection;
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    if (read >= 0) {
      connection.received(1);
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    if (read > 0) {
      connection.received(read);
    }
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(bytes);
    if (skipped > 0) {
      connection.received(skipped);
    }
    return skipped;
  }
}
