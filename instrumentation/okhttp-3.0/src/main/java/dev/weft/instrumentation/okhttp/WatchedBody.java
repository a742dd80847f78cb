package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/** A response body that tells how it ended. */
final class WatchedBody extends ResponseBody {

  private final ResponseBody body;
  private final BufferedSource source;

  WatchedBody(ResponseBody body, ResponseEnd end) {
    this.body = body;
    this.source = Okio.buffer(new WatchedSource(body.source(), end));
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }

  private static final class WatchedSource extends ForwardingSource {

    private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ResponseEnd end;
    private boolean over;

    WatchedSource(Source source, ResponseEnd end) {
      super(source);
      this.end = end;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      try {
        long count = super.read(sink, byteCount);
        if (count < 0) {
          over = true;
          end.completed();
        }
        return count;
      } catch (IOException | RuntimeException e) {
        over = true;
        end.failed(e);
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      // Parsers stop at the last byte of a document, before they are told that it was the last.
      boolean whole = over || isRestAtHand();
      super.close();
      if (whole) {
        end.completed();
      } else {
        end.cancelled();
      }
    }

    /** Tries the end for as long as the library does itself before it gives a connection up. */
    private boolean isRestAtHand() {
      Timeout timeout = delegate().timeout();
      long now = System.nanoTime();
      long before = timeout.hasDeadline() ? timeout.deadlineNanoTime() - now : Long.MAX_VALUE;
      timeout.deadlineNanoTime(now + Math.min(before, DRAIN_NANOS));
      try {
        Buffer rest = new Buffer();
        while (delegate().read(rest, 8192) >= 0) {
          rest.clear();
        }
        return true;
      } catch (IOException | RuntimeException e) {
        return false;
      } finally {
        if (before == Long.MAX_VALUE) {
          timeout.clearDeadline();
        } else {
          timeout.deadlineNanoTime(now + before);
        }
      }
    }
  }
}
