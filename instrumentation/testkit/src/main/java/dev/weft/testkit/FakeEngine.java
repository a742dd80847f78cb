package dev.weft.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.ServerPorts;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.Outcome;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An engine that follows a script instead of a policy: one list of {@link Step}s per call, one step
 * per question. Every answer it gets is kept and must be taken; what is left over fails the test,
 * so that a report too many is a failure and not a silent bug. Without steps left it delivers; a
 * call that nobody scripted passes through and is reported.
 */
public final class FakeEngine implements OutboundMesh, AutoCloseable {

  /** Decides one thing; may ask the request. */
  @FunctionalInterface
  public interface Step {
    Directive decide(OutboundRequest request);
  }

  /** What an adapter told the engine. */
  public sealed interface Report {}

  /** A call was opened: the request as its view showed it then. */
  public record Opened(
      int call, String method, String scheme, String authority, int port, String path)
      implements Report {}

  /** An attempt was answered; gRPC's status where the head of the answer has it. */
  public record Response(int call, int status, @Nullable String grpcStatus) implements Report {}

  /** An attempt failed. */
  public record Failure(int call, FailureKind kind, Throwable failure) implements Report {}

  /** The call is over. */
  public record Closed(int call, Outcome outcome, int status, @Nullable Throwable failure)
      implements Report {}

  /** How a gRPC exchange ended. */
  public record GrpcEnd(int call, int status, long requestMessages, long responseMessages)
      implements Report {}

  /** The agent reported a problem of its own. */
  public record Problem(String where, Throwable problem) implements Report {}

  /** A call came that nobody scripted. */
  public record Unexpected(String method, String authority, String path) implements Report {}

  private final Queue<List<Step>> scripts = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<String, CompletionStage<Boolean>> routed = new ConcurrentHashMap<>();
  private final Map<String, ScriptedConnection> connections = new ConcurrentHashMap<>();
  private final Mesh before;
  private volatile @Nullable RuntimeException openFails;
  private volatile @Nullable RuntimeException connectFails;

  private FakeEngine(TransportSecurity transport) {
    this.before =
        Mesh.install(
            new Mesh(
                this,
                InboundMesh.PERMIT_ALL,
                transport,
                ServerPorts.IGNORED,
                (where, problem) -> reports.add(new Problem(where, problem))));
  }

  /** Becomes the mesh that adapters see, until it is closed. */
  public static FakeEngine install() {
    return new FakeEngine(TransportSecurity.PLAINTEXT);
  }

  public static FakeEngine install(TransportSecurity transport) {
    return new FakeEngine(transport);
  }

  /** A step that says {@code directive} whatever the request. */
  public static Step always(Directive directive) {
    return request -> directive;
  }

  /** Send to {@code endpoint}, unchanged, without a limit. */
  public static Step send(Endpoint endpoint) {
    return always(Directive.send(attempt(endpoint, 0, HeaderMutations.NONE), 0));
  }

  public static Step send(Endpoint endpoint, HeaderMutations headers) {
    return always(Directive.send(attempt(endpoint, 0, headers), 0));
  }

  /** Send to {@code endpoint} and give it {@code millis} to the end of the body. */
  public static Step sendWithin(Endpoint endpoint, long millis) {
    return always(
        Directive.send(
            attempt(endpoint, TimeUnit.MILLISECONDS.toNanos(millis), HeaderMutations.NONE), 0));
  }

  public static Step deliver() {
    return always(Directive.deliver(HeaderMutations.NONE));
  }

  public static Step deliver(HeaderMutations headers) {
    return always(Directive.deliver(headers));
  }

  public static Step passThrough() {
    return always(Directive.passThrough());
  }

  /** A step in which the engine breaks. */
  public static Step fail(RuntimeException failure) {
    return request -> {
      throw failure;
    };
  }

  private static Attempt attempt(Endpoint endpoint, long timeoutNanos, HeaderMutations headers) {
    return new Attempt(endpoint, 1, timeoutNanos, 0, headers, null, null);
  }

  /** Scripts the next call. */
  public FakeEngine call(Step... steps) {
    scripts.add(List.of(steps));
    return this;
  }

  /** From now on {@code hostAndPort} is the mesh's to route: {@link #governs}. */
  public FakeEngine routes(String hostAndPort) {
    return routes(hostAndPort, CompletableFuture.completedFuture(true));
  }

  /** {@code answer} tells whether {@code hostAndPort} is the mesh's to route. */
  public FakeEngine routes(String hostAndPort, CompletionStage<Boolean> answer) {
    routed.put(hostAndPort, answer);
    return this;
  }

  @Override
  public CompletionStage<Boolean> governs(String host, int port) {
    CompletionStage<Boolean> answer = routed.get(host + ":" + port);
    return answer == null ? CompletableFuture.completedFuture(false) : answer;
  }

  /** From now on connections of unknown libraries to {@code hostAndPort} are as scripted. */
  public FakeEngine connection(String hostAndPort, ScriptedConnection connection) {
    connections.put(hostAndPort, connection);
    return this;
  }

  @Override
  public @Nullable Connection connect(String host, int port, @Nullable InetAddress address) {
    RuntimeException failure = connectFails;
    if (failure != null) {
      throw failure;
    }
    return connections.get(host + ":" + port);
  }

  /** From now on every call fails to open. */
  public void failToOpen(RuntimeException failure) {
    openFails = failure;
  }

  /** From now on every connection fails that no adapter speaks for. */
  public void failToConnect(RuntimeException failure) {
    connectFails = failure;
  }

  public Opened takeOpened() throws InterruptedException {
    return take(Opened.class);
  }

  public Response takeResponse() throws InterruptedException {
    return take(Response.class);
  }

  public Failure takeFailure() throws InterruptedException {
    return take(Failure.class);
  }

  public Closed takeClosed() throws InterruptedException {
    return take(Closed.class);
  }

  public GrpcEnd takeGrpcEnd() throws InterruptedException {
    return take(GrpcEnd.class);
  }

  public Problem takeProblem() throws InterruptedException {
    return take(Problem.class);
  }

  /** The next report, whatever it is; waits for it. */
  public Report takeAny() throws InterruptedException {
    Report report = reports.poll(5, TimeUnit.SECONDS);
    assertThat(report).as("a report of the adapter within 5 s (is the end reported?)").isNotNull();
    return requireNonNull(report);
  }

  private <T extends Report> T take(Class<T> type) throws InterruptedException {
    Report report = takeAny();
    assertThat(report).as("the next report of the adapter").isInstanceOf(type);
    return type.cast(report);
  }

  /** Fails when anything was reported that the test did not take. */
  public void assertNothingLeft() {
    assertThat(reports).as("reports left over: the adapter reports too much").isEmpty();
    assertThat(scripts).as("calls that were scripted and never opened").isEmpty();
  }

  @Override
  public void close() {
    Mesh.install(before);
  }

  @Override
  public OutboundCall open(OutboundRequest request) {
    RuntimeException failure = openFails;
    if (failure != null) {
      throw failure;
    }
    List<Step> script = scripts.poll();
    if (script == null) {
      reports.add(new Unexpected(request.method(), request.authority(), request.path()));
      return OutboundCall.PASS_THROUGH;
    }
    int number = calls.incrementAndGet();
    reports.add(
        new Opened(
            number,
            request.method(),
            request.scheme(),
            request.authority(),
            request.port(),
            request.path()));
    return new ScriptedCall(number, request, new ArrayDeque<>(script));
  }

  private final class ScriptedCall implements OutboundCall {
    private final int number;
    private final OutboundRequest request;
    private final Deque<Step> steps;

    ScriptedCall(int number, OutboundRequest request, Deque<Step> steps) {
      this.number = number;
      this.request = request;
      this.steps = steps;
    }

    @Override
    public Directive start() {
      return steps.isEmpty() ? Directive.passThrough() : steps.remove().decide(request);
    }

    @Override
    public Directive onResponse(OutboundResponse response) {
      reports.add(new Response(number, response.status(), response.header("grpc-status")));
      return next();
    }

    @Override
    public Directive onFailure(FailureKind kind, Throwable failure) {
      reports.add(new Failure(number, kind, failure));
      return next();
    }

    private Directive next() {
      return steps.isEmpty()
          ? Directive.deliver(HeaderMutations.NONE)
          : steps.remove().decide(request);
    }

    @Override
    public void onGrpcEnd(int status, long requestMessages, long responseMessages) {
      reports.add(new GrpcEnd(number, status, requestMessages, responseMessages));
    }

    @Override
    public void close(Outcome outcome, int status, @Nullable Throwable failure) {
      reports.add(new Closed(number, outcome, status, failure));
    }
  }
}
