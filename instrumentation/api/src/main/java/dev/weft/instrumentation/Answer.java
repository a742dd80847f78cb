package dev.weft.instrumentation;

import dev.weft.context.CallContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber gets in the end: a future on one side, a subscription on the other.
 * Thread-safe.
 *
 * @param <T> what it gets, once
 */
public final class Answer<T> {

  private static final int IDLE = 0;
  private static final int REQUESTED = 1;
  private static final int ANSWERED = 2;
  private static final int OVER = 3;

  private final Consumer<? super T> onNext;
  private final Runnable onComplete;
  private final Consumer<? super Throwable> onError;
  private final CallContext context;
  private final Runnable abandon;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private volatile boolean cancelled;

  /**
   * @param context what the subscriber goes on in: it may hand work over to other threads
   * @param abandon called when the subscriber cancels after the driver was done
   */
  public Answer(
      Consumer<? super T> onNext,
      Runnable onComplete,
      Consumer<? super Throwable> onError,
      CallContext context,
      Runnable abandon) {
    this.onNext = onNext;
    this.onComplete = onComplete;
    this.onError = onError;
    this.context = context;
    this.abandon = abandon;
    future.whenComplete(this::onResult);
  }

  public CompletableFuture<T> future() {
    return future;
  }

  /** The subscriber asks for it. */
  public void request() {
    if (!state.compareAndSet(IDLE, REQUESTED) && state.compareAndSet(ANSWERED, OVER)) {
      emit(future.join());
    }
  }

  /** The subscriber does not want it any more. */
  public void cancel() {
    cancelled = true;
    if (!future.cancel(true)) {
      abandon.run();
    }
  }

  private void onResult(@Nullable T value, @Nullable Throwable failure) {
    if (failure != null || value == null) {
      if (!cancelled) {
        state.set(OVER);
        fail(failure != null ? failure : new IllegalStateException("the exchange had no response"));
      }
    } else if (cancelled) {
      abandon.run();
    } else if (state.compareAndSet(REQUESTED, OVER)
        || (!state.compareAndSet(IDLE, ANSWERED) && state.compareAndSet(REQUESTED, OVER))) {
      emit(value);
    }
  }

  private void emit(T value) {
    CallContext before = context.attach();
    try {
      onNext.accept(value);
      if (!cancelled) {
        onComplete.run();
      }
    } finally {
      CallContext.restore(before);
    }
  }

  private void fail(Throwable failure) {
    CallContext before = context.attach();
    try {
      onError.accept(failure);
    } finally {
      CallContext.restore(before);
    }
  }
}
