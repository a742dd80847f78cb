package dev.weft.instrumentation.jettyclient9;

import dev.weft.instrumentation.AwaitedHead;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import java.nio.channels.AsynchronousCloseException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.HttpRequestException;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.api.Response;
import org.eclipse.jetty.client.api.Result;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, which hears of its response before anybody else. Once it is delivered the library
 * itself tells the others; what is not delivered is read away by the library.
 */
final class JettyAttempt
    implements Response.HeadersListener,
        Response.SuccessListener,
        Response.FailureListener,
        Response.CompleteListener {

  private final JettyExchange exchange;
  private final AttemptConversation conversation = new AttemptConversation();
  private final AwaitedHead<JettyAttempt> head = new AwaitedHead<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile @Nullable Request sent;
  private volatile @Nullable Throwable aborted;
  private volatile @Nullable HttpResponse response;
  private volatile @Nullable ResponseEnd end;
  private volatile boolean committed;
  private volatile boolean refused;

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

  AttemptConversation conversation() {
    return conversation;
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

  /**
   * @param secured by TLS: the head is then ready before the peer has proved who it is
   */
  void send(Request request, boolean secured) {
    sent = request;
    request.onRequestHeaders(any -> committed = !secured);
    request.onRequestCommit(any -> committed = true);
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

  /** Called by way of {@link #onHeaders}. */
  void deliver(HeaderMutations changes, ResponseEnd responseEnd) {
    HttpResponse known = response();
    if (!changes.isEmpty()) {
      Fields.replace(known, Fields.changed(known.getHeaders(), changes));
    }
    Response.ResponseListener handler = conversation.handler();
    // What refuses the body of a request that asked for leave to send it.
    refused = JettyExchange.isOfContinue(handler);
    List<Response.ResponseListener> listeners = exchange.listeners(refused ? null : handler);
    end = responseEnd;
    exchange.tellHead(listeners, known);
    conversation.add(listeners);
  }

  @Override
  public void onHeaders(Response arrived) {
    if (response == null) {
      response = (HttpResponse) arrived;
      head.complete(this);
    }
  }

  // The end is told before the application hears of it, which may then abort what is over.

  @Override
  public void onSuccess(Response arrived) {
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.completed();
    }
    HttpExchange last = conversation.getExchanges().peekLast();
    if (refused && last != null) {
      last.proceed(new HttpRequestException("Expectation failed", last.getRequest()));
    }
  }

  @Override
  public void onFailure(Response arrived, Throwable failure) {
    ResponseEnd delivered = end;
    if (delivered == null) {
      return;
    }
    if (failure instanceof AsynchronousCloseException) {
      // What the library calls a body that the application closes early.
      delivered.cancelled();
    } else {
      delivered.failed(failure);
    }
  }

  @Override
  public void onComplete(Result result) {
    over.complete(null);
    if (end != null) {
      exchange.tellEnd(conversation.takeAdded(), result);
      return;
    }
    Throwable failure = result.getFailure();
    // Without effect after a head that was discarded.
    head.completeExceptionally(
        failure == null ? new IllegalStateException("no response") : failure);
  }
}
