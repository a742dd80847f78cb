package dev.weft.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What the application writes, kept until there is a request of the library to write it to. {@link
 * #flush} runs on the request's context only; the rest on any thread.
 */
final class RequestBody {

  /** How much may wait before the application is asked to pause, in bytes. */
  private static final int FULL = 64 << 10;

  private final Queue<Piece> pieces = new ArrayDeque<>(2);
  private final Promise<Void> ended;
  private @Nullable Piece whole;
  private @Nullable HttpClientRequest request;
  private @Nullable Handler<Void> drain;
  private @Nullable Throwable failure;
  private boolean started;
  private boolean discarding;
  private boolean complete;
  private boolean flowing;
  private boolean wasFull;
  private int waiting;

  RequestBody(Promise<Void> ended) {
    this.ended = ended;
  }

  /** Completes when the application has written all, or fails. */
  Future<Void> ended() {
    return ended.future();
  }

  /** Takes what is to be written; returns whether it is the first, so that the head must go out. */
  synchronized boolean add(@Nullable Buffer data, boolean last, Promise<Void> written) {
    if (complete) {
      written.fail(new IllegalStateException("Request already complete"));
      return false;
    }
    if (failure != null || discarding) {
      complete = last;
      settle(written, failure);
      return false;
    }
    boolean first = !started;
    started = true;
    complete = last;
    Piece piece = new Piece(data, last, written);
    if (first && last) {
      whole = piece;
    } else {
      pieces.add(piece);
      waiting += data == null ? 0 : data.length();
    }
    if (last) {
      ended.tryComplete();
    }
    return first;
  }

  synchronized boolean isReplayable() {
    return whole != null || !flowing;
  }

  /** It is sent by other means, which may work once only. */
  synchronized void once() {
    flowing = true;
  }

  synchronized boolean isComplete() {
    return complete;
  }

  /** From now on pieces go to {@code request}. */
  synchronized void to(HttpClientRequest request) {
    this.request = request;
    Handler<Void> handler = drain;
    if (handler != null && whole == null) {
      request.drainHandler(handler);
    }
  }

  void flush() {
    HttpClientRequest target;
    Piece piece;
    while (true) {
      Handler<Void> drained = null;
      synchronized (this) {
        target = request;
        if (target == null) {
          return;
        }
        piece = whole != null ? whole : pieces.poll();
        if (piece == null) {
          if (wasFull && !target.writeQueueFull()) {
            wasFull = false;
            drained = drain;
          }
        } else if (whole == null) {
          flowing = true;
          waiting -= piece.data == null ? 0 : piece.data.length();
        }
        if (whole != null) {
          request = null;
        }
      }
      if (piece == null) {
        if (drained != null) {
          drained.handle(null);
        }
        return;
      }
      piece.writeTo(target);
    }
  }

  synchronized boolean isFull() {
    HttpClientRequest target = request;
    boolean full = waiting >= FULL || (target != null && whole == null && target.writeQueueFull());
    wasFull |= full;
    return full;
  }

  synchronized void onDrain(@Nullable Handler<Void> handler) {
    drain = handler;
    if (request != null && whole == null) {
      request.drainHandler(handler);
    }
  }

  /**
   * Nothing will be sent any more: tells it to those who wait.
   *
   * @param why null when nobody wants it: the mesh has answered
   */
  void giveUp(@Nullable Throwable why) {
    Queue<Piece> left;
    synchronized (this) {
      failure = why;
      discarding = why == null;
      request = null;
      left = new ArrayDeque<>(pieces);
      pieces.clear();
      if (whole != null) {
        left.add(whole);
      }
    }
    for (Piece piece : left) {
      settle(piece.written, why);
    }
    if (why != null) {
      ended.tryFail(why);
    }
  }

  private static void settle(Promise<Void> promise, @Nullable Throwable why) {
    if (why == null) {
      promise.tryComplete();
    } else {
      promise.tryFail(why);
    }
  }

  private static final class Piece {
    final @Nullable Buffer data;
    final boolean last;
    final Promise<Void> written;

    Piece(@Nullable Buffer data, boolean last, Promise<Void> written) {
      this.data = data;
      this.last = last;
      this.written = written;
    }

    void writeTo(HttpClientRequest request) {
      Future<Void> sent =
          data == null
              ? last ? request.end() : request.sendHead()
              : last ? request.end(data) : request.write(data);
      sent.onComplete(this::onWritten);
    }

    private void onWritten(AsyncResult<Void> result) {
      if (result.succeeded()) {
        written.tryComplete();
      } else if (!last) {
        written.tryFail(result.cause());
      }
      // The end of a body that is sent again is told by the attempt that succeeds, or by the end.
    }
  }
}
