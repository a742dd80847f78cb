package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.instrumentation.AwaitedHead;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, as the handlers below see it: on a connection of its own, cancelled by itself, its
 * response passed on when it is delivered and read away otherwise. Thread-safe.
 */
final class AsyncAttempt implements AsyncExecCallback {

  private final AsyncExecRuntime runtime;
  private final AsyncExecCallback caller;
  private final @Nullable AsyncBody body;
  private final ComplexCancellable dependency = new ComplexCancellable();
  private final AwaitedHead<AsyncAttempt> head = new AwaitedHead<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile @Nullable HttpResponse response;
  private volatile @Nullable EntityDetails entity;
  private volatile @Nullable ResponseEnd end;
  private volatile @Nullable Exception failure;

  // Written and read on the thread that brings the head.
  private @Nullable AsyncDataConsumer consumer;
  private @Nullable Exception refusal;

  AsyncAttempt(
      AsyncExecRuntime runtime, AsyncExecCallback caller, @Nullable AsyncEntityProducer body) {
    this.runtime = runtime;
    this.caller = caller;
    this.body = body == null ? null : new AsyncBody(body);
  }

  AsyncExecRuntime runtime() {
    return runtime;
  }

  CancellableDependency dependency() {
    return dependency;
  }

  @Nullable AsyncEntityProducer body() {
    return body;
  }

  /** What to do when somebody waits for the head: from then on it is decided where it arrives. */
  void onAwaited(Runnable begin) {
    head.onAwaited(begin);
  }

  CompletableFuture<AsyncAttempt> head() {
    return head;
  }

  /** Completes, always normally, when the connection is given back or closed. */
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

  void deliver(HeaderMutations headers, ResponseEnd responseEnd) {
    HttpResponse known = response();
    headers.apply(known::removeHeaders, known::setHeader, known::addHeader);
    try {
      consumer = caller.handleResponse(known, entity);
    } catch (HttpException | IOException | RuntimeException e) {
      refusal = e;
    }
    end = responseEnd;
    if (ended.get()) {
      // Aborted a moment ago, when there was nobody to tell yet.
      tellFailure();
    }
  }

  /** Ends the exchange wherever it is. Does not block. */
  void abort() {
    dependency.cancel();
    failed(new InterruptedIOException("ended by the mesh: its time was over"));
  }

  /** The application cancelled after the response began. */
  void giveUp() {
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.cancelled();
    }
    abort();
  }

  @Override
  public @Nullable AsyncDataConsumer handleResponse(HttpResponse arrived, EntityDetails details)
      throws HttpException, IOException {
    response = arrived;
    entity = details;
    head.complete(this);
    Exception refused = refusal;
    if (refused instanceof HttpException) {
      throw (HttpException) refused;
    } else if (refused instanceof IOException) {
      throw (IOException) refused;
    } else if (refused != null) {
      throw (RuntimeException) refused;
    }
    // Without a consumer the library reads the body and forgets it.
    return consumer;
  }

  @Override
  public void handleInformationResponse(HttpResponse information)
      throws HttpException, IOException {
    caller.handleInformationResponse(information);
  }

  @Override
  public void completed() {
    if (end == null && body != null && !body.isSent()) {
      // Answered before all of the request was sent: the rest would be taken for the next one.
      runtime.discardEndpoint();
    } else {
      runtime.releaseEndpoint();
    }
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    finish();
    ResponseEnd delivered = end;
    if (delivered != null) {
      delivered.completed();
      caller.completed();
    }
  }

  @Override
  public void failed(Exception cause) {
    runtime.discardEndpoint();
    failure = cause;
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    finish();
    if (end != null) {
      tellFailure();
    } else {
      head.completeExceptionally(cause);
    }
  }

  private void finish() {
    if (body != null) {
      body.close(end == null);
    }
    over.complete(null);
  }

  private void tellFailure() {
    ResponseEnd delivered = end;
    Exception cause = failure;
    if (delivered != null && cause != null && told.compareAndSet(false, true)) {
      delivered.failed(cause);
      caller.failed(cause);
    }
  }
}
