package dev.weft.engine;

import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.authorization.Subject;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection whose requests nobody sees: what was decided about it. As Istio does on a TCP
 * port, a permitting rule that asks for anything of a request never matches, and a refusing one
 * matches whatever the request may be; nobody can be asked about it either.
 */
final class InboundConnection extends Revocable {

  /** Stands for the end of the connection; nothing of it is sent. */
  static final LocalReply CLOSED = LocalReply.text(403, Replies.DENIED, "-");

  private final InetSocketAddress remote;
  private final long started;

  // Written before the call is given to the adapter.
  private @Nullable LocalReply reply;
  private List<Finding> findings = Collections.emptyList();

  InboundConnection(
      Engine engine, InetSocketAddress remote, int localPort, @Nullable PeerIdentity identity) {
    super(engine, localPort, identity);
    this.remote = remote;
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
  @Nullable String refusing(InboundPlan current) {
    Decision decision = decision(current);
    return isPlaintextOnStrict(current) ? "" : isRefused(decision) ? decision.policy : null;
  }

  @Override
  public void close(Outcome outcome, int status) {
    if (closes()) {
      engine.recordConnection(toRecord(), true);
    }
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
    Finding ended = revoked();
    if (ended != null) {
      all.add(ended);
    }
    record.findings = all;
    return record.build();
  }
}
