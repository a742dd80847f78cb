package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The response body of a permitted request, and the headers that the application sees: notices its
 * end, on whatever thread it comes. The JDK does not close the body of a response that has none, so
 * the hooks on the exchange tell as well.
 */
final class ServedBody extends OutputStream {

  /** A value does not lead back to its key: the exchange behind the stream is another object. */
  private static final Map<HttpExchange, ServedBody> OPEN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final OutputStream out;
  private final InboundCall call;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile int status;
  private volatile @Nullable Headers headers;

  private ServedBody(OutputStream out, InboundCall call) {
    this.out = out;
    this.call = call;
  }

  static ServedBody of(HttpExchange exchange, InboundCall call) {
    ServedBody body = new ServedBody(exchange.getResponseBody(), call);
    exchange.setStreams(null, body);
    OPEN.put(exchange, body);
    return body;
  }

  /** The open body of {@code exchange}; null for one that is not ours. */
  static @Nullable ServedBody of(HttpExchange exchange) {
    return OPEN.get(exchange);
  }

  /** What the application sees instead of the request's headers; null for those that came. */
  @Nullable Headers headers() {
    return headers;
  }

  void headers(Headers headers) {
    this.headers = headers;
  }

  /** The status that is being sent, or 0 when that failed. */
  void status(int status) {
    this.status = status;
  }

  /** Tells the end; only the first call counts. */
  void end(Outcome outcome) {
    if (ended.compareAndSet(false, true)) {
      call.close(outcome, status);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    attempt(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(out::flush);
  }

  @Override
  public void close() throws IOException {
    attempt(out::close);
    end(Outcome.COMPLETED);
  }

  private void attempt(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      end(Outcome.FAILED);
      throw e;
    }
  }

  private interface Step {
    void run() throws IOException;
  }
}
