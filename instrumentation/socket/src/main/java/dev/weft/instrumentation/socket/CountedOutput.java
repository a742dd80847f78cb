package dev.weft.instrumentation.socket;

import dev.weft.outbound.OutboundMesh.Connection;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Tells how much was written. */
final class CountedOutput extends FilterOutputStream {

  private final Connection connection;

  CountedOutput(OutputStream out, Connection connection) {
    super(out);
    this.connection = connection;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    connection.sent(1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    connection.sent(length);
  }

  @Override
  public void close() throws IOException {
    // Not by flush and its exception: as the stream below does it.
    out.close();
  }
}
