package dev.weft.instrumentation.reactornetty;

import dev.weft.context.CallContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** What a subscriber gets in the end: a future on one side, a subscription on the other. */
final class Answer<T> implements Subscription {

  private static final int IDLE = 0;
  private static final int REQUESTED = 1;
  private static final int ANSWERED = 2;
  private static final int OVER = 3;

  private final CoreSubscriber<? super T> actual;
  private final CallContext context;
  private final Runnable abandon;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private volatile boolean cancelled;

  /**
   * @param context what the subscriber goes on in: it may hand work over to other threads
   * @param abandon called when the subscriber cancels after the driver was done
   */
  Answer(CoreSubscriber<? super T> actual, CallContext context, Runnable abandon) {
    this.actual = actual;
    this.context = context;
    this.abandon = abandon;
    future.whenComplete(this::onResult);
  }

  CompletableFuture<T> future() {
    return future;
  }

  @Override
  public void request(long count) {
    if (!state.compareAndSet(IDLE, REQUESTED) && state.compareAndSet(ANSWERED, OVER)) {
      emit(future.join());
    }
  }

  @Override
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
      actual.onNext(value);
      if (!cancelled) {
        actual.onComplete();
      }
    } finally {
      CallContext.restore(before);
    }
  }

  private void fail(Throwable failure) {
    CallContext before = context.attach();
    try {
      actual.onError(failure);
    } finally {
      CallContext.restore(before);
    }
  }
}
