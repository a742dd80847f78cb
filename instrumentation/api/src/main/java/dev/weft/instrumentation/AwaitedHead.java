package dev.weft.instrumentation;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response that is asked for when somebody waits for it, and not before: {@link
 * #whenComplete} starts the request. So whoever waits runs on the thread that brings the head, and
 * a library that wants to know at once who reads the body is answered there. Waited for once, by
 * one thread.
 *
 * @param <H> the head
 */
public final class AwaitedHead<H> extends CompletableFuture<H> {

  private @Nullable Runnable begin;

  /** What to do when somebody waits. */
  public void onAwaited(Runnable first) {
    begin = first;
  }

  @Override
  public CompletableFuture<H> whenComplete(BiConsumer<? super H, ? super Throwable> action) {
    CompletableFuture<H> next = super.whenComplete(action);
    Runnable first = begin;
    begin = null;
    if (first != null) {
      first.run();
    }
    return next;
  }
}
