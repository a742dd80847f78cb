package dev.weft.engine;

import dev.weft.context.CallContext;
import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.authorization.Subject;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.tokens.Claims;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request that arrived: what was decided about it, and on what. It keeps the attributes and not
 * the request, which containers use again for the next one.
 */
final class InboundRecord extends Revocable implements Subject.Headers, RecordedCall {

  private final String method;
  private final String authority;
  private final String path;
  private final @Nullable String dispatchPath;
  private final @Nullable InetSocketAddress remote;
  private final CallRecord.Peer peer;
  private final long started;

  // Written before the call is given to the adapter, or before `pending` completes.
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
  private volatile int grpcStatus = Replies.NOT_GRPC;
  private volatile long requestMessages;
  private volatile long responseMessages;

  InboundRecord(
      Engine engine,
      InboundRequest request,
      @Nullable InetSocketAddress remote,
      @Nullable PeerIdentity identity,
      CallRecord.Peer peer) {
    super(engine, request.localPort(), identity);
    this.method = request.method();
    this.authority = request.authority();
    this.path = request.path();
    this.dispatchPath = request.dispatchPath();
    this.remote = remote;
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
  public void onGrpcEnd(int status, long received, long sent) {
    grpcStatus = status;
    requestMessages = received;
    responseMessages = sent;
  }

  @Override
  public void close(Outcome outcome, int status) {
    if (!closes()) {
      return;
    }
    Finding ended = revoked();
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
  @Nullable String refusing(InboundPlan current) {
    if (isPlaintextOnStrict(current)) {
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
