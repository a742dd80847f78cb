package dev.weft.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for one attempt: an attempt that is over takes no more of it, and the next
 * one gets it from its beginning.
 */
final class AsyncBody implements AsyncEntityProducer {

  private final AsyncEntityProducer body;
  private volatile boolean sent;
  private volatile boolean closed;

  AsyncBody(AsyncEntityProducer body) {
    this.body = body;
  }

  boolean isSent() {
    return sent;
  }

  /**
   * @param again whether it may be sent once more
   */
  void close(boolean again) {
    closed = true;
    if (again && body.isRepeatable()) {
      body.releaseResources();
    }
  }

  @Override
  public boolean isRepeatable() {
    return body.isRepeatable();
  }

  @Override
  public void failed(Exception cause) {
    if (!closed) {
      body.failed(cause);
    }
  }

  @Override
  public int available() {
    return closed ? 0 : body.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    if (closed) {
      throw new IOException("the mesh gave this attempt up");
    }
    body.produce(
        new DataStreamChannel() {
          @Override
          public void requestOutput() {
            channel.requestOutput();
          }

          @Override
          public int write(ByteBuffer bytes) throws IOException {
            return closed ? 0 : channel.write(bytes);
          }

          @Override
          public void endStream() throws IOException {
            sent = true;
            channel.endStream();
          }

          @Override
          public void endStream(List<? extends Header> trailers) throws IOException {
            sent = true;
            channel.endStream(trailers);
          }
        });
  }

  @Override
  public void releaseResources() {
    if (!closed) {
      body.releaseResources();
    }
  }

  @Override
  public long getContentLength() {
    return body.getContentLength();
  }

  @Override
  public @Nullable String getContentType() {
    return body.getContentType();
  }

  @Override
  public @Nullable String getContentEncoding() {
    return body.getContentEncoding();
  }

  @Override
  public boolean isChunked() {
    return body.isChunked();
  }

  @Override
  public @Nullable Set<String> getTrailerNames() {
    return body.getTrailerNames();
  }
}
