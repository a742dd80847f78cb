package dev.weft.instrumentation.jettyclient12;

import dev.weft.instrumentation.AwaitedHead;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpResponse;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** One attempt: its response is passed on when it is delivered and read away otherwise. */
final class JettyAttempt
    implements Response.HeadersListener, Response.ContentSourceListener, Response.CompleteListener {

  private final JettyExchange exchange;
  private final AwaitedHead<JettyAttempt> head = new AwaitedHead<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile @Nullable Request sent;
  private volatile @Nullable Throwable aborted;
  private volatile @Nullable HttpResponse response;
  private volatile @Nullable ResponseEnd end;
  private volatile boolean committed;
  private volatile boolean requestOver;

  JettyAttempt(JettyExchange exchange) {
    this.exchange = exchange;
  }

  /** What to do when somebody waits for the head: from then on it is decided where it arrives. */
  CompletableFuture<JettyAttempt> onAwaited(Runnable begin) {
    head.onAwaited(begin);
    return head;
  }

  CompletableFuture<Void> over() {
    return over;
  }

  HttpResponse response() {
    HttpResponse known = response;
    if (known == null) {
      throw new IllegalStateException("no head yet");
    }
    return known;
  }

  /** Whether something of the request may have been sent. */
  boolean isCommitted() {
    return committed;
  }

  /** Whether nothing reads the body of the request any more. */
  boolean isRequestOver() {
    return requestOver || over.isDone();
  }

  /**
   * @param secured by TLS: the head is then ready before the peer has proved who it is
   */
  void send(Request request, boolean secured) {
    sent = request;
    request
        .onRequestHeaders(any -> committed = !secured)
        .onRequestCommit(any -> committed = true)
        .onRequestSuccess(any -> requestOver = true)
        .onRequestFailure((any, failure) -> requestOver = true);
    Throwable cause = aborted;
    if (cause != null) {
      failed(cause);
      return;
    }
    request.send(this);
    if (aborted != null) {
      request.abort(aborted);
    }
  }

  void failed(Throwable failure) {
    over.complete(null);
    head.completeExceptionally(failure);
  }

  void abort(Throwable cause) {
    aborted = cause;
    Request running = sent;
    if (running != null) {
      running.abort(cause);
    }
  }

  /** The application gives up, after the response began. */
  void giveUp(Throwable cause) {
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.cancelled();
    }
    abort(cause);
  }

  void deliver(HeaderMutations changes, ResponseEnd responseEnd) {
    HttpResponse known = response();
    if (!changes.isEmpty()) {
      known.headers(
          fields ->
              changes.apply(
                  name -> fields.remove(name),
                  (name, value) -> fields.put(name, value),
                  (name, value) -> fields.add(name, value)));
    }
    end = responseEnd;
    if (!exchange.isRedirect(known)) {
      exchange.tellHead(known);
    }
  }

  @Override
  public void onHeaders(Response arrived) {
    response = (HttpResponse) arrived;
    head.complete(this);
  }

  @Override
  public void onContentSource(Response arrived, Content.Source source) {
    if (end == null || exchange.isRedirect(arrived)) {
      drain(source);
    } else {
      exchange.tellContent(arrived, source);
    }
  }

  private static void drain(Content.Source source) {
    Content.Chunk chunk = source.read();
    if (chunk != null) {
      chunk.release();
    }
    if (chunk == null || !chunk.isLast()) {
      source.demand(() -> drain(source));
    }
  }

  @Override
  public void onComplete(Result result) {
    over.complete(null);
    ResponseEnd delivered = end;
    Throwable failure = result.getFailure();
    if (delivered == null) {
      // Without effect after a head that was discarded.
      head.completeExceptionally(
          failure == null ? new IllegalStateException("no response") : failure);
      return;
    }
    if (failure == null) {
      delivered.completed();
    } else if (failure instanceof AsynchronousCloseException) {
      // What the library calls a body that the application closes early.
      delivered.cancelled();
    } else {
      delivered.failed(failure);
    }
    exchange.tellEnd(result);
  }
}
