package dev.weft.instrumentation.asynchttpclient;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.asynchttpclient.ListenableFuture;
import org.jspecify.annotations.Nullable;

/** The client's kind of future, over all attempts. */
final class MeshFuture<T> implements ListenableFuture<T> {

  private final CompletableFuture<T> result;

  MeshFuture(CompletableFuture<T> result) {
    this.result = result;
  }

  @Override
  public void done() {
    result.completeExceptionally(new CancellationException("done() was called"));
  }

  @Override
  public void abort(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void touch() {}

  @Override
  public ListenableFuture<T> addListener(Runnable listener, @Nullable Executor executor) {
    Executor on = executor == null ? Runnable::run : executor;
    result.whenCompleteAsync((value, failure) -> listener.run(), on);
    return this;
  }

  @Override
  public CompletableFuture<T> toCompletableFuture() {
    return result;
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    return result.cancel(mayInterrupt);
  }

  @Override
  public boolean isCancelled() {
    return result.isCancelled();
  }

  @Override
  public boolean isDone() {
    return result.isDone();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    return result.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return result.get(timeout, unit);
  }
}
