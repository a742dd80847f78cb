package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.balancing.Host;
import dev.weft.model.Upstream;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a call must give back: its host, its place at the gate, its retry. A super class rather than
 * a field to save each request an object.
 *
 * <p>The end may come from any thread at any time. So everything is held in atomic fields: whoever
 * takes it out gives it back, and whoever puts it in looks afterwards whether the end came
 * meanwhile.
 */
abstract class Holdings {

  private static final AtomicIntegerFieldUpdater<Holdings> CLOSED =
      AtomicIntegerFieldUpdater.newUpdater(Holdings.class, "closed");
  private static final AtomicIntegerFieldUpdater<Holdings> RETRYING =
      AtomicIntegerFieldUpdater.newUpdater(Holdings.class, "retrying");
  private static final AtomicReferenceFieldUpdater<Holdings, Host> HOST =
      AtomicReferenceFieldUpdater.newUpdater(Holdings.class, Host.class, "host");

  private volatile int closed;
  private volatile int retrying;
  private volatile @Nullable Host host;

  /** Set before the first host is held, which publishes it to the thread that closes. */
  private @Nullable UpstreamState state;

  final UpstreamState state() {
    return requireNonNull(state, "state");
  }

  final void state(UpstreamState chosen) {
    state = chosen;
  }

  /** The host of the attempt under way; null before the first and after the end. */
  final @Nullable Host host() {
    return host;
  }

  /** Returns whether this was the first time. */
  final boolean markClosed() {
    return CLOSED.compareAndSet(this, 0, 1);
  }

  /** Makes the host and the place at the gate ours to give back. */
  final void hold(Host picked) {
    host = picked;
    if (closed != 0) {
      release();
    }
  }

  /** Gives the last host back for the next; the place at the gate is kept. */
  final void exchange(Host last, Host next) {
    if (HOST.compareAndSet(this, last, next)) {
      state().hosts.end(last);
    } else {
      // The end came meanwhile: the last host was given back, the next was never ours.
      state().hosts.end(next);
    }
  }

  /** Gives the retry that just ended back for the next. Returns whether there may be one. */
  final boolean enterRetry(Upstream upstream) {
    leaveRetry();
    if (!state().gate.tryRetry(upstream.connectionPool(), upstream.retryBudget())) {
      return false;
    }
    retrying = 1;
    if (closed != 0) {
      leaveRetry();
    }
    return true;
  }

  final void leaveRetry() {
    if (retrying != 0 && RETRYING.compareAndSet(this, 1, 0)) {
      state().gate.leaveRetry();
    }
  }

  final void release() {
    Host last = HOST.getAndSet(this, null);
    if (last != null) {
      state().hosts.end(last);
      state().gate.leave();
    }
    leaveRetry();
  }
}
