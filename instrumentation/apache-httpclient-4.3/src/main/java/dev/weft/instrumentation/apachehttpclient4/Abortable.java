package dev.weft.instrumentation.apachehttpclient4;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt is aborted, by the mesh or by the application: the application's own abort is
 * once and for all, so that the mesh cannot use it for an attempt. Thread-safe.
 */
final class Abortable implements HttpExecutionAware {

  private final @Nullable HttpExecutionAware caller;
  private final AtomicReference<@Nullable Cancellable> running = new AtomicReference<>();
  private volatile boolean aborted;

  Abortable(@Nullable HttpExecutionAware caller) {
    this.caller = caller;
  }

  @Override
  public boolean isAborted() {
    return aborted || (caller != null && caller.isAborted());
  }

  @Override
  public void setCancellable(Cancellable cancellable) {
    running.set(cancellable);
    if (caller != null) {
      caller.setCancellable(cancellable);
    }
    if (aborted) {
      cancellable.cancel();
    }
  }

  void abort() {
    aborted = true;
    Cancellable cancellable = running.get();
    if (cancellable != null) {
      cancellable.cancel();
    }
  }
}
