package dev.weft.engine;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.authorization.Subject;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.tokens.Claims;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request that arrived: what was decided about it, and on what. It keeps the attributes and not
 * the request, which containers use again for the next one.
 */
final class InboundRecord implements InboundCall, Subject.Headers, RecordedCall, Revocable {

  private final Engine engine;
  private final String method;
  private final String authority;
  private final String path;
  private final @Nullable String dispatchPath;
  private final @Nullable InetSocketAddress remote;
  private final int localPort;
  private final @Nullable PeerIdentity identity;
  private final CallRecord.Peer peer;
  private final long started;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<@Nullable Runnable> abort = new AtomicReference<>();

  // Written before the call is given to the adapter, or before `pending` completes.
  private @Nullable InboundPlan plan;
  private @Nullable Claims claims;
  private Map<String, @Nullable String> captured = Collections.emptyMap();
  private List<ExternalAuthorizer> asked = Collections.emptyList();
  private @Nullable CompletionStage<?> pending;
  private @Nullable LocalReply reply;
  private HeaderMutations headers = HeaderMutations.NONE;
  private CallContext context = CallContext.NONE;
  private String flags = "-";
  private String details = "";
  private List<Finding> findings = Collections.emptyList();
  private volatile @Nullable Finding revoked;
  private volatile int grpcStatus = Replies.NOT_GRPC;
  private volatile long requestMessages;
  private volatile long responseMessages;

  InboundRecord(
      Engine engine,
      InboundRequest request,
      @Nullable InetSocketAddress remote,
      @Nullable PeerIdentity identity,
      CallRecord.Peer peer) {
    this.engine = engine;
    this.method = request.method();
    this.authority = request.authority();
    this.path = request.path();
    this.dispatchPath = request.dispatchPath();
    this.remote = remote;
    this.localPort = request.localPort();
    this.identity = identity;
    this.peer = peer;
    this.started = engine.now();
  }

  // ---- for the gate

  int localPort() {
    return localPort;
  }

  @Nullable PeerIdentity identity() {
    return identity;
  }

  String method() {
    return method;
  }

  String authority() {
    return authority;
  }

  String path() {
    return path;
  }

  /** Under what policy it is decided, and what of the request that policy may ask for. */
  void decideOn(InboundPlan plan, @Nullable Claims claims, Map<String, @Nullable String> captured) {
    this.plan = plan;
    this.claims = claims;
    this.captured = captured;
  }

  /** As policies see it; headers are those that were captured. */
  Subject subject() {
    return new Subject(
        method,
        authority,
        path,
        dispatchPath,
        localPort,
        remote,
        identity == null ? null : identity.id,
        claims,
        this);
  }

  @Override
  public @Nullable String value(String name) {
    return captured.get(name);
  }

  @Override
  public boolean isKnown(String name) {
    return captured.containsKey(name);
  }

  void carry(CallContext context) {
    this.context = context;
  }

  void permit(HeaderMutations headers) {
    this.headers = headers;
  }

  void addHeaders(HeaderMutations more) {
    if (!more.isEmpty()) {
      headers = HeaderMutations.builder().addAll(headers).addAll(more).build();
    }
  }

  void refuse(LocalReply reply, String details) {
    this.reply = reply;
    this.flags = reply.flag();
    this.details = details;
  }

  void found(List<Finding> findings) {
    this.findings = findings;
  }

  void found(Finding finding) {
    List<Finding> all = new ArrayList<>(findings);
    all.add(finding);
    findings = all;
  }

  /** The verdict depends on authorizers, and is there when {@code pending} completes. */
  void await(CompletionStage<?> pending, List<ExternalAuthorizer> asked) {
    this.pending = pending;
    this.asked = asked;
  }

  // ---- for the adapter

  @Override
  public @Nullable CompletionStage<?> pending() {
    return pending;
  }

  @Override
  public @Nullable LocalReply reply() {
    return reply;
  }

  @Override
  public HeaderMutations requestHeaders() {
    return headers;
  }

  @Override
  public CallContext context() {
    return context;
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
  public void onGrpcEnd(int status, long received, long sent) {
    grpcStatus = status;
    requestMessages = received;
    responseMessages = sent;
  }

  @Override
  public void close(Outcome outcome, int status) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (abort.getAndSet(null) != null) {
      engine.exchanges().remove(this);
    }
    Finding ended = revoked;
    if (ended != null) {
      found(ended);
    }
    boolean gone = outcome == Outcome.CANCELLED && reply == null;
    engine.record(toRecord(status, gone ? Flags.text(Flags.CALLER_GONE) : flags));
  }

  @Override
  public CallRecord soFar(int status) {
    return toRecord(status, flags);
  }

  private CallRecord toRecord(int status, String flags) {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.INBOUND;
    record.method = method;
    record.authority = authority;
    record.path = path;
    record.status = status;
    record.grpcStatus = grpcStatus;
    record.requestMessages = requestMessages;
    record.responseMessages = responseMessages;
    record.flags = flags;
    record.peer = peer;
    record.durationNanos = engine.now() - started;
    record.mutualTls = identity != null;
    record.connectionKnown = remote != null;
    if (identity != null) {
      record.sourcePrincipal = identity.id;
      record.destinationPrincipal = engine.ownId();
    }
    record.details = details;
    record.findings = findings;
    return record.build();
  }

  // ---- while it goes on

  @Override
  public void recheck(@Nullable InboundPlan current) {
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

  /** The policy that refuses it now, empty for none in particular; null when it may go on. */
  private @Nullable String refusing(InboundPlan current) {
    if (current.mutualTls(localPort) == MutualTls.STRICT && identity == null) {
      return "";
    }
    Claims shown = claims;
    if (shown != null && (current.tokens == null || !current.tokens.knows(shown.issuer))) {
      // Nobody would verify that token any more.
      claims = null;
    }
    Decision decision = current.authorization.decide(subject());
    if (!decision.isAllowed()) {
      return decision.policy;
    }
    // An authorizer that never saw the request cannot have allowed it.
    return asked.containsAll(decision.ask) ? null : "";
  }
}
