package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.context.CallContext;
import dev.weft.engine.balancing.Host;
import dev.weft.engine.limits.GrpcTimeout;
import dev.weft.engine.limits.RetryConditions;
import dev.weft.engine.propagation.CarryingRequest;
import dev.weft.engine.propagation.Propagation;
import dev.weft.engine.routing.PathRewriter;
import dev.weft.engine.routing.Redirects;
import dev.weft.engine.routing.RouteMatcher;
import dev.weft.engine.snapshot.CompiledDestination;
import dev.weft.engine.snapshot.CompiledRetries;
import dev.weft.engine.snapshot.CompiledRoute;
import dev.weft.engine.snapshot.CompiledRule;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.engine.snapshot.CompiledUpstream;
import dev.weft.engine.snapshot.HeaderPlan;
import dev.weft.engine.snapshot.HeaderSource;
import dev.weft.engine.snapshot.Snapshot;
import dev.weft.model.DirectResponse;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Fault;
import dev.weft.model.Redirect;
import dev.weft.model.RetryPolicy;
import dev.weft.model.RouteTable;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One outbound request. Reads from top to bottom as "One outbound request" of the house plan. */
final class MeshCall extends Holdings implements OutboundCall, HeaderSource, RecordedCall {

  private static final long MILLION = 1_000_000;

  private final Engine engine;
  private final CallContext context;
  private final String method;
  private final String authority;
  private final String path;
  private final long started;

  /** With the headers that travel to it, from the moment that the mesh governs it. */
  private OutboundRequest request;

  private @Nullable CompiledRoute route;
  private @Nullable CompiledDestination destination;
  private @Nullable CompiledUpstream upstream;
  private @Nullable EndpointInfo lastEndpoint;
  private @Nullable List<Host> tried;
  private String routeName = "";
  private String attemptPath = "";

  /** Meaningful where {@link #timeoutNanos} is not 0. */
  private long deadline;

  private long timeoutNanos;
  private int attempts;
  private int flags;
  private volatile int grpcStatus = Replies.NOT_GRPC;
  private volatile long requestMessages;
  private volatile long responseMessages;
  private boolean grpc;
  private boolean awaited;
  private boolean delivered;
  private boolean mutualTls;

  MeshCall(Engine engine, OutboundRequest request, CallContext context) {
    this.engine = engine;
    this.request = request;
    this.context = context;
    this.method = request.method();
    this.authority = request.authority();
    this.path = request.path();
    this.started = engine.now();
  }

  // ---- the first directive

  @Override
  public Directive start() {
    if (!request.scheme().equals("http")) {
      // The application's own TLS: what is inside is not ours to see.
      return passThrough("");
    }
    String name = engine.tableName(authority, request.port());
    Snapshot snapshot = engine.snapshot();
    CompiledTable table = snapshot.table(name);
    if (table == null) {
      CompletionStage<?> ready = awaited ? null : engine.requestPolicy(name);
      if (ready != null) {
        awaited = true;
        return Directive.await(ready, engine.awaitNanos());
      }
      // It may have arrived between the look and the question.
      snapshot = engine.snapshot();
      table = snapshot.table(name);
    }
    if (table == null || table.source.disposition() == RouteTable.Disposition.PASS_THROUGH) {
      return passThrough("allow_any");
    }
    grpc = GrpcTimeout.isGrpc(request.header("content-type"));
    if (table.source.disposition() == RouteTable.Disposition.BLOCKED) {
      routeName = "block_all";
      return reply(502, "host is not known to the mesh, and its policy is REGISTRY_ONLY", 0);
    }
    if (!context.isEmpty()) {
      request = Propagation.leaving(request, context);
    }
    CompiledRule rule = RouteMatcher.find(table, request, path);
    return rule == null ? reply(404, "", Flags.NO_ROUTE) : follow(rule, snapshot);
  }

  private Directive passThrough(String name) {
    routeName = name;
    attempts = 1;
    return Directive.passThrough();
  }

  private Directive follow(CompiledRule rule, Snapshot snapshot) {
    CompiledRoute taken = rule.route;
    route = taken;
    routeName = taken.source.name();
    if (taken.destinations.length == 0) {
      return answer(rule);
    }
    CompiledDestination chosen = RouteMatcher.destination(taken, engine.random());
    CompiledUpstream target = snapshot.upstream(chosen.upstream);
    if (target == null) {
      return reply(503, "unknown upstream " + chosen.upstream, Flags.NO_CLUSTER);
    }
    destination = chosen;
    upstream = target;
    state(engine.state(target));
    attemptPath = PathRewriter.rewrite(rule, path);

    Fault fault = taken.source.fault();
    long delay = fault == null ? 0 : injectedDelay(fault);
    if (fault != null && happens(fault.abortPerMillion())) {
      return abort(fault, delay);
    }
    return firstAttempt(delay);
  }

  private Directive answer(CompiledRule rule) {
    HeaderMutations headers = rule.route.responseHeaders.render(this, HeaderSource.NONE);
    Redirect redirect = rule.route.source.redirect();
    if (redirect != null) {
      String location = Redirects.location(rule, redirect, request, path);
      return Directive.reply(Replies.redirect(redirect.status(), location, headers), 0);
    }
    DirectResponse response = requireNonNull(rule.route.source.directResponse());
    return reply(response.status(), response.body(), 0, headers, 0);
  }

  // ---- fault

  private long injectedDelay(Fault fault) {
    if (fault.delayNanos() <= 0 || !happens(fault.delayPerMillion())) {
      return 0;
    }
    flags |= Flags.DELAY_INJECTED;
    return fault.delayNanos();
  }

  private boolean happens(int perMillion) {
    return perMillion > 0 && engine.random().applyAsLong(MILLION) < perMillion;
  }

  private Directive abort(Fault fault, long delay) {
    String text = "fault filter abort";
    if (fault.abortStatus() > 0) {
      return reply(fault.abortStatus(), text, Flags.FAULT_INJECTED, HeaderMutations.NONE, delay);
    }
    flags |= Flags.FAULT_INJECTED;
    grpcStatus = Math.max(0, fault.abortGrpcStatus());
    return Directive.reply(Replies.grpc(grpcStatus, text, flags, HeaderMutations.NONE), delay);
  }

  // ---- limits, pick, send

  /** The injected delay lies outside the timeout; the place at the gate is held during it. */
  private Directive firstAttempt(long delay) {
    UpstreamState upstreamState = state();
    CompiledUpstream target = requireNonNull(upstream);
    if (!upstreamState.gate.tryEnter(target.source.connectionPool())) {
      return reply(
          503,
          "upstream connect error or disconnect/reset before headers. reset reason: overflow",
          Flags.OVERFLOW,
          HeaderMutations.builder().set("x-envoy-overloaded", "true").build(),
          delay);
    }
    long now = engine.now();
    Host picked = null;
    try {
      picked = upstreamState.hosts.begin(target, now, null);
    } finally {
      if (picked == null) {
        upstreamState.gate.leave();
      }
    }
    if (picked == null) {
      return reply(
          503, "no healthy upstream", Flags.NO_HEALTHY_UPSTREAM, HeaderMutations.NONE, delay);
    }
    hold(picked);
    if (!picked.isAddress()) {
      // A name that only DNS knows: the library resolves and sends it as the application wrote it.
      lastEndpoint = picked.info();
      attempts = 1;
      return Directive.passThrough();
    }
    timeoutNanos = effectiveTimeout();
    deadline = now + delay + timeoutNanos;
    return send(picked, delay, now);
  }

  private long effectiveTimeout() {
    long ofRoute = requireNonNull(route).source.timeoutNanos();
    return grpc ? GrpcTimeout.effective(request.header("grpc-timeout"), ofRoute) : ofRoute;
  }

  private Directive send(Host picked, long delay, long now) {
    CompiledUpstream target = requireNonNull(upstream);
    CompiledDestination chosen = requireNonNull(destination);
    attempts++;
    lastEndpoint = picked.info();
    int transport = engine.transport(target.source.tlsMode(), lastEndpoint);
    mutualTls = transport != Host.PLAINTEXT && Engine.isMesh(target.source.tlsMode());
    HeaderMutations headers = chosen.requestHeaders(attempts, this);
    if (request instanceof CarryingRequest) {
      headers = ((CarryingRequest) request).with(headers, chosen.requestHeaders::removes);
    }
    boolean rewritten = !attemptPath.equals(path);
    if (rewritten) {
      headers =
          HeaderMutations.builder().addAll(headers).set("x-envoy-original-path", path).build();
    }
    Attempt attempt =
        new Attempt(
            picked.endpoint(transport, request.port()),
            attempts,
            attemptTimeout(now + delay),
            target.source.connectionPool().connectTimeoutNanos(),
            headers,
            rewritten ? attemptPath : null,
            chosen.authority);
    return Directive.send(attempt, delay);
  }

  private long attemptTimeout(long sendAt) {
    CompiledRetries retries = requireNonNull(route).retries;
    long perTry = retries == null ? 0 : retries.source.perTryTimeoutNanos();
    if (timeoutNanos == 0) {
      return perTry;
    }
    long remaining = Math.max(1, deadline - sendAt);
    return perTry == 0 ? remaining : Math.min(perTry, remaining);
  }

  // ---- result

  @Override
  public Directive onResponse(OutboundResponse response) {
    Host answered = host();
    if (answered == null) {
      return Directive.deliver(HeaderMutations.NONE);
    }
    long now = engine.now();
    int status = response.status();
    int ended = Replies.grpcStatus(response.header("grpc-status"));
    if (grpc) {
      if (ended >= 0) {
        status = Replies.httpStatus(ended);
      } else if (status != 200) {
        // Of something that is not gRPC: what the application is told.
        ended = Replies.grpcStatus(status);
      }
      grpcStatus = ended;
    }
    state().hosts.answered(answered, status, now);
    CompiledRetries retries = requireNonNull(route).retries;
    if (retries != null && RetryConditions.holdsFor(retries, response, ended)) {
      Directive again = retry(retries, false, now);
      if (again != null) {
        return again;
      }
    }
    delivered = true;
    HeaderPlan plan = requireNonNull(destination).responseHeaders;
    HeaderMutations constant = plan.constant();
    return Directive.deliver(constant != null ? constant : plan.render(this, response::header));
  }

  @Override
  public Directive onFailure(FailureKind kind, Throwable failure) {
    Host failed = host();
    if (failed == null) {
      return Directive.deliver(HeaderMutations.NONE);
    }
    long now = engine.now();
    boolean timedOut = kind == FailureKind.TIMEOUT;
    state().hosts.failed(failed, timedOut, now);
    CompiledRetries retries = requireNonNull(route).retries;
    boolean over = timeoutNanos != 0 && now - deadline >= 0;
    if (!(timedOut && over) && retries != null && RetryConditions.holdsFor(retries, kind)) {
      Directive again = retry(retries, RetryConditions.unprocessed(kind), now);
      if (again != null) {
        return again;
      }
    }
    if (timedOut) {
      return reply(504, "upstream request timeout", Flags.UPSTREAM_TIMEOUT);
    }
    flags |= Flags.of(kind);
    return Directive.deliver(HeaderMutations.NONE);
  }

  /**
   * The next attempt; null where what came last is to be delivered. The place at the gate is kept;
   * the host is given back once its successor is found, so that a response which is delivered after
   * all stays counted where it came from.
   *
   * @param unprocessed whether the upstream cannot have seen the request
   */
  private @Nullable Directive retry(CompiledRetries retries, boolean unprocessed, long now) {
    RetryPolicy policy = retries.source;
    if (!unprocessed && !policy.explicit() && !RetryConditions.isIdempotent(method)) {
      return null;
    }
    if (attempts > policy.attempts()) {
      flags |= Flags.RETRIES_EXHAUSTED;
      return null;
    }
    if (!enterRetry(requireNonNull(upstream).source)) {
      flags |= Flags.OVERFLOW;
      return null;
    }
    long bound = RetryConditions.backoffBound(policy.backoffNanos(), attempts);
    long delay = engine.random().applyAsLong(bound);
    boolean late = timeoutNanos != 0 && now + delay - deadline >= 0;
    if (late || !request.isReplayable()) {
      leaveRetry();
      return null;
    }
    Host next = nextHost(policy, now);
    if (next == null) {
      flags |= Flags.NO_HEALTHY_UPSTREAM;
      leaveRetry();
      return null;
    }
    return send(next, delay, now);
  }

  private @Nullable Host nextHost(RetryPolicy policy, long now) {
    Host last = host();
    if (last == null) {
      return null;
    }
    if (policy.ignorePreviousHosts()) {
      if (tried == null) {
        tried = new ArrayList<>(policy.attempts());
      }
      tried.add(last);
    }
    Host next = state().hosts.begin(requireNonNull(upstream), now, tried);
    if (next != null) {
      exchange(last, next);
    }
    return next;
  }

  // ---- end

  @Override
  public void onGrpcEnd(int status, long sent, long received) {
    if (status >= 0) {
      grpcStatus = status;
    }
    requestMessages = sent;
    responseMessages = received;
  }

  @Override
  public void close(Outcome outcome, int status, @Nullable Throwable failure) {
    if (!markClosed()) {
      return;
    }
    long now = engine.now();
    Host last = host();
    boolean brokeOff = outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT;
    if (last != null && delivered && brokeOff) {
      state().hosts.failed(last, outcome == Outcome.TIMED_OUT, now);
    }
    release();
    addFlags(outcome, failure);
    engine.record(toRecord(status, now));
  }

  private void addFlags(Outcome outcome, @Nullable Throwable failure) {
    switch (outcome) {
      case CANCELLED:
        flags |= Flags.CALLER_GONE;
        break;
      case TIMED_OUT:
        flags |= Flags.UPSTREAM_TIMEOUT;
        break;
      case FAILED:
        if (flags == 0 || flags == Flags.DELAY_INJECTED) {
          flags |=
              failure == null ? Flags.CONNECTION_TERMINATION : Flags.of(FailureKind.of(failure));
        }
        break;
      default:
        break;
    }
  }

  @Override
  public CallRecord soFar(int status) {
    return toRecord(status, engine.now());
  }

  private CallRecord toRecord(int status, long now) {
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.OUTBOUND;
    record.method = method;
    record.authority = authority;
    record.path = path;
    record.status = status;
    record.grpcStatus = grpcStatus;
    record.requestMessages = requestMessages;
    record.responseMessages = responseMessages;
    record.flags = Flags.text(flags);
    record.route = routeName;
    record.upstream = upstream == null ? null : upstream.source;
    EndpointInfo endpoint = lastEndpoint;
    record.endpoint = endpoint;
    if (endpoint != null) {
      record.peer =
          new CallRecord.Peer(
              endpoint.workload(),
              endpoint.namespace(),
              endpoint.canonicalService(),
              endpoint.canonicalRevision(),
              mutualTls ? endpoint.identity() : "");
    }
    record.attempts = attempts;
    record.durationNanos = now - started;
    record.mutualTls = mutualTls;
    if (mutualTls && endpoint != null) {
      record.sourcePrincipal = engine.ownId();
      record.destinationPrincipal = endpoint.identity();
    }
    return record.build();
  }

  // ---- replies of our own

  private Directive reply(int status, String text, int flag) {
    return reply(status, text, flag, HeaderMutations.NONE, 0);
  }

  private Directive reply(int status, String text, int flag, HeaderMutations headers, long delay) {
    flags |= flag;
    if (grpc) {
      grpcStatus = Replies.grpcStatus(status);
    }
    return Directive.reply(Replies.text(grpc, status, text, flags, headers), delay);
  }

  /** A header of the request, for templates. */
  @Override
  public @Nullable String get(String name) {
    return RouteMatcher.header(request, name);
  }
}
