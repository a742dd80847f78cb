package dev.weft.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A body that the library's threads put in part by part; read within 10 s of each other. */
public final class BodyQueue extends BodyStream {

  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
  private final Runnable onTaken;
  private volatile @Nullable Throwable failure;

  public BodyQueue() {
    this(() -> {});
  }

  /**
   * @param onTaken called by the reader for every part that it takes: asks for the next
   */
  public BodyQueue(Runnable onTaken) {
    this.onTaken = onTaken;
  }

  public void add(byte[] part) {
    parts.add(part);
  }

  public void add(ByteBuffer buffer) {
    byte[] part = new byte[buffer.remaining()];
    buffer.get(part);
    parts.add(part);
  }

  public void end() {
    parts.add(END);
  }

  /** Whoever reads is told after what is there. */
  public void fail(Throwable cause) {
    failure = cause;
    parts.add(END);
  }

  @Override
  protected byte @Nullable [] next() throws IOException {
    byte[] next;
    try {
      next = parts.poll(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    if (next == null) {
      throw new IOException("no part of the body within 10 s");
    }
    if (next != END) {
      onTaken.run();
      return next;
    }
    parts.add(END);
    Throwable cause = failure;
    if (cause != null) {
      throw new IOException(cause);
    }
    return null;
  }
}
