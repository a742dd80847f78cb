package dev.weft.instrumentation.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * What went over the wire for one call, which its listener is not told: whether its headers left,
 * whether its status was received or made up. Where the library sends once more by itself, of both.
 */
final class Wire extends ClientStreamTracer.Factory {

  private final Runnable onTooMuch;
  private final long limit;
  private volatile boolean headersSent;
  private volatile boolean answered;
  private volatile boolean trailed;

  /**
   * @param onTooMuch run when more than {@code limit} bytes of messages were sent
   */
  Wire(long limit, Runnable onTooMuch) {
    this.limit = limit;
    this.onTooMuch = onTooMuch;
  }

  boolean isSent() {
    return headersSent;
  }

  /** Whether the peer said anything. */
  boolean isAnswered() {
    return answered;
  }

  /** Whether the end was the peer's. */
  boolean isTrailed() {
    return trailed;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, @Nullable Metadata headers) {
    return new Tracer();
  }

  private final class Tracer extends ClientStreamTracer {
    private long sent;

    @Override
    public void outboundHeaders() {
      headersSent = true;
    }

    @Override
    public void inboundHeaders() {
      answered = true;
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
      answered = true;
      trailed = true;
    }

    @Override
    public void outboundUncompressedSize(long bytes) {
      boolean before = sent > limit;
      sent += bytes;
      if (!before && sent > limit) {
        onTooMuch.run();
      }
    }
  }
}
