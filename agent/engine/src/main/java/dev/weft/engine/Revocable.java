package dev.weft.engine;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.inbound.InboundCall;
import dev.weft.model.InboundPolicy.MutualTls;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something that was let in and may last longer than the policy that let it in. */
abstract class Revocable implements InboundCall {

  final Engine engine;
  final int localPort;
  final @Nullable PeerIdentity identity;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<@Nullable Runnable> abort = new AtomicReference<>();
  private volatile @Nullable Finding revoked;

  /** What let it in; written before the call is given to the adapter. */
  @Nullable InboundPlan plan;

  Revocable(Engine engine, int localPort, @Nullable PeerIdentity identity) {
    this.engine = engine;
    this.localPort = localPort;
    this.identity = identity;
  }

  /** The policy that refuses it now, empty for none in particular; null when it may go on. */
  abstract @Nullable String refusing(InboundPlan current);

  final boolean isPlaintextOnStrict(InboundPlan current) {
    return current.mutualTls(localPort) == MutualTls.STRICT && identity == null;
  }

  @Override
  public final void onRevoked(Runnable action) {
    if (closed.get() || !abort.compareAndSet(null, action)) {
      return;
    }
    engine.exchanges().add(this);
    // A policy that came in between did not find it there yet.
    InboundPlan current = engine.snapshot().inbound();
    if (current != plan) {
      recheck(current);
    }
    if (closed.get()) {
      engine.exchanges().remove(this);
    }
  }

  /** Ends it when {@code current} does not allow it. */
  final void recheck(@Nullable InboundPlan current) {
    String policy;
    try {
      policy = current == null ? null : refusing(current);
    } catch (RuntimeException e) {
      Mesh.problem("inbound recheck", e);
      policy = current != null && current.isEnforced(localPort) ? "" : null;
    }
    Runnable action = abort.get();
    if (policy == null || action == null || !abort.compareAndSet(action, null)) {
      return;
    }
    revoked = new Finding(Finding.Kind.REVOKED, policy);
    engine.exchanges().remove(this);
    try {
      action.run();
    } catch (RuntimeException e) {
      Mesh.problem("inbound abort", e);
    }
  }

  /** What revoked it. */
  final @Nullable Finding revoked() {
    return revoked;
  }

  /** False when it was closed before; nothing revokes it any more. */
  final boolean closes() {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    if (abort.getAndSet(null) != null) {
      engine.exchanges().remove(this);
    }
    return true;
  }
}
