package dev.weft.engine;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.authorization.Subject;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.inbound.InboundCall;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection whose requests nobody sees: what was decided about it. As Istio does on a TCP
 * port, a permitting rule that asks for anything of a request never matches, and a refusing one
 * matches whatever the request may be; nobody can be asked about it either.
 */
final class InboundConnection implements InboundCall, Revocable {

  /** Stands for the end of the connection; nothing of it is sent. */
  static final LocalReply CLOSED = LocalReply.text(403, Replies.DENIED, "-");

  private final Engine engine;
  private final InetSocketAddress remote;
  private final int localPort;
  private final @Nullable PeerIdentity identity;
  private final long started;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<@Nullable Runnable> abort = new AtomicReference<>();

  // Written before the call is given to the adapter.
  private @Nullable InboundPlan plan;
  private @Nullable LocalReply reply;
  private List<Finding> findings = Collections.emptyList();
  private volatile @Nullable Finding revoked;

  InboundConnection(
      Engine engine, InetSocketAddress remote, int localPort, @Nullable PeerIdentity identity) {
    this.engine = engine;
    this.remote = remote;
    this.localPort = localPort;
    this.identity = identity;
    this.started = engine.now();
  }

  void decideOn(InboundPlan plan) {
    this.plan = plan;
    if (isPlaintextOnStrict(plan)) {
      reply = CLOSED;
      return;
    }
    Decision decision = decision(plan);
    List<Finding> found = new ArrayList<>(decision.findings);
    if (isRefused(decision)) {
      found.add(new Finding(Finding.Kind.DENIED, decision.policy));
      reply = CLOSED;
    }
    findings = found;
  }

  void opened() {
    engine.recordConnection(toRecord(), false);
  }

  private boolean isPlaintextOnStrict(InboundPlan plan) {
    return plan.mutualTls(localPort) == MutualTls.STRICT && identity == null;
  }

  private Decision decision(InboundPlan plan) {
    return plan.authorization.decide(
        Subject.ofConnection(localPort, remote, identity == null ? null : identity.id));
  }

  /** An external authorizer is asked about requests; there is none to show. */
  private static boolean isRefused(Decision decision) {
    return !decision.isAllowed() || !decision.ask.isEmpty();
  }

  @Override
  public @Nullable LocalReply reply() {
    return reply;
  }

  @Override
  public void onRevoked(Runnable action) {
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

  @Override
  public void recheck(@Nullable InboundPlan current) {
    String policy = null;
    try {
      if (current != null) {
        Decision decision = decision(current);
        policy = isPlaintextOnStrict(current) ? "" : isRefused(decision) ? decision.policy : null;
      }
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

  @Override
  public void close(Outcome outcome, int status) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (abort.getAndSet(null) != null) {
      engine.exchanges().remove(this);
    }
    engine.recordConnection(toRecord(), true);
  }

  private CallRecord toRecord() {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.INBOUND;
    record.durationNanos = engine.now() - started;
    record.mutualTls = identity != null;
    if (identity != null) {
      record.sourcePrincipal = identity.id;
      record.destinationPrincipal = engine.ownId();
    }
    List<Finding> all = new ArrayList<>(findings);
    Finding ended = revoked;
    if (ended != null) {
      all.add(ended);
    }
    record.findings = all;
    return record.build();
  }
}
