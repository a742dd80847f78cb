package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.instrumentation.grpc.GrpcClientContract.Told;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.testkit.ServerMesh;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerMesh.GrpcEnd;
import dev.weft.testkit.ServerMesh.Verdict;
import dev.weft.testkit.ServerPortsRecorder;
import dev.weft.testkit.ServerTransport;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** grpc-java's server on OkHttp, which versions before 1.49 do not have. */
@Timeout(60)
@EnabledIf("isThere")
final class OkHttpServerTest {

  private static final String BUILDER = "io.grpc.okhttp.OkHttpServerBuilder";
  private static final String CLIENT = "spiffe://mesh/ns/default/sa/client";
  private static final Metadata.Key<String> CERT = Sample.key("x-forwarded-client-cert");
  private static final Context.Key<String> SEEN = Context.key("seen");

  private final MeshCertificates certificates = new MeshCertificates();
  private final ServerMesh mesh = new ServerMesh();
  private final ServerPortsRecorder ports = new ServerPortsRecorder();
  private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
  private final AtomicInteger called = new AtomicInteger();
  private final Metadata none = new Metadata();
  private ServerTransport transport = new ServerTransport(ServerTls.DISABLED);
  private @Nullable Mesh before;
  private @Nullable Server server;
  private @Nullable ManagedChannel channel;
  private int port;

  static boolean isThere() {
    try {
      Class.forName(BUILDER);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  private ManagedChannel start(Mode mode) throws Exception {
    return start(mode, builder());
  }

  private ManagedChannel start(Mode mode, ServerBuilder<?> builder) throws Exception {
    transport =
        new ServerTransport(
            mode == Mode.DISABLE
                ? ServerTls.DISABLED
                : new ServerTls(mode, certificates.context("spiffe://mesh/ns/default/sa/server")));
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                mesh,
                transport,
                ports,
                (where, problem) -> problems.add(where + ": " + problem)));
    Server started = built(builder).start();
    server = started;
    port = started.getPort();
    assertThat(ports.take()).isEqualTo("opened " + port + " grpc");
    ManagedChannel made = mode == Mode.STRICT ? encrypted(certificates.context(CLIENT)) : plain();
    channel = made;
    return made;
  }

  /** By reflection: the tests are compiled against a version without. */
  private static ServerBuilder<?> builder() throws Exception {
    Object plaintext =
        Class.forName("io.grpc.InsecureServerCredentials").getMethod("create").invoke(null);
    return (ServerBuilder<?>)
        Class.forName(BUILDER)
            .getMethod("forPort", SocketAddress.class, Class.forName("io.grpc.ServerCredentials"))
            .invoke(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), plaintext);
  }

  private Server built(ServerBuilder<?> builder) {
    return builder.addService(service()).intercept(new ShowsHeader()).build();
  }

  private ManagedChannel plain() {
    // By the type that all versions have.
    ManagedChannelBuilder<?> builder = OkHttpChannelBuilder.forAddress("127.0.0.1", port);
    return builder.usePlaintext().build();
  }

  private ManagedChannel encrypted(SSLContext context) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .sslContext(
                new JdkSslContext(
                    context,
                    true,
                    null,
                    IdentityCipherSuiteFilter.INSTANCE,
                    new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2"),
                    ClientAuth.NONE,
                    null,
                    false));
    return ((ManagedChannelBuilder<?>) builder).build();
  }

  @AfterEach
  void stop() throws Exception {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    if (server != null) {
      assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      assertThat(ports.take()).isEqualTo("closed " + port);
    }
    if (before != null) {
      Mesh.install(before);
    }
    mesh.assertNothingLeft();
    transport.assertNothingLeft();
    assertThat(problems).isEmpty();
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  private static String echo(Channel on, String message, Metadata headers) {
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(on, MetadataUtils.newAttachHeadersInterceptor(headers)),
        Sample.ECHO,
        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
        message);
  }

  private static Status failure(Channel on, String message) {
    return requireNonNull(
            catchThrowableOfType(
                StatusRuntimeException.class, () -> echo(on, message, new Metadata())))
        .getStatus();
  }

  private static StreamObserver<String> chat(Channel on, Told told) {
    return ClientCalls.asyncBidiStreamingCall(on.newCall(Sample.CHAT, CallOptions.DEFAULT), told);
  }

  // ---- calls

  @Test
  void seesACallAndItsEnd() throws Exception {
    ManagedChannel calls = start(Mode.DISABLE);
    Metadata headers = new Metadata();
    headers.put(Sample.TAG, "one");
    assertThat(echo(calls, "hello", headers)).isEqualTo("hello null");

    Arrival seen = mesh.take();
    assertThat(seen.method).isEqualTo("POST");
    assertThat(seen.scheme).isEqualTo("http");
    assertThat(seen.authority).isEqualTo("127.0.0.1:" + port);
    assertThat(seen.path).isEqualTo("/sample.Sample/Echo");
    assertThat(seen.tag).isEqualTo("one");
    assertThat(seen.absent).isNull();
    assertThat(seen.localPort).isEqualTo(port);
    assertThat(requireNonNull(seen.peer).getAddress().isLoopbackAddress()).isTrue();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(0, 1, 1));
  }

  @Test
  void countsTheMessagesOfAStream() throws Exception {
    Told told = new Told();
    StreamObserver<String> requests = chat(start(Mode.DISABLE), told);
    for (String message : new String[] {"", "x", "y".repeat(100_000), ""}) {
      requests.onNext(message);
      assertThat(told.take()).isEqualTo(message);
    }
    requests.onCompleted();
    assertThat(told.take()).isEqualTo("OK");
    Arrival seen = mesh.take();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(0, 4, 4));
  }

  @Test
  void tellsTheStatusOfTheApplication() throws Exception {
    assertThat(failure(start(Mode.DISABLE), "fail").getCode()).isEqualTo(Status.Code.NOT_FOUND);
    Arrival seen = mesh.take();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(5, 1, 0));
  }

  @Test
  void tellsThatAClientWentAway() throws Exception {
    Told told = new Told();
    ClientCall<String, String> call = start(Mode.DISABLE).newCall(Sample.CHAT, CallOptions.DEFAULT);
    ClientCalls.asyncBidiStreamingCall(call, told).onNext("one");
    assertThat(told.take()).isEqualTo("one");
    call.cancel("enough", null);
    assertThat(told.take()).isEqualTo("CANCELLED");
    Arrival seen = mesh.take();
    assertThat(seen.end()).isEqualTo(new End(Outcome.FAILED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(-1, 1, 1));
  }

  @Test
  void runsTheApplicationInTheContextOfItsCall() throws Exception {
    mesh.carry(arrival -> CallContext.of(List.of("traceparent", "00-1-2-01")));
    ManagedChannel calls = start(Mode.DISABLE, builder().directExecutor());
    assertThat(echo(calls, "context", none)).isEqualTo("context [traceparent, 00-1-2-01] null");
    mesh.take().end();
  }

  // ---- verdicts

  @Test
  void answersARefusalAsAStatus() throws Exception {
    mesh.decide(arrival -> LocalReply.text(403, "RBAC: access denied", "-"));
    Status status = failure(start(Mode.DISABLE), "hello");

    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription()).isEqualTo("RBAC: access denied");
    Arrival seen = mesh.take();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(7, 0, 0));
    assertThat(called).hasValue(0);
  }

  @Test
  void refusesAStreamOfWhichMoreComes() throws Exception {
    mesh.decide(arrival -> arrival.path.endsWith("Chat") ? LocalReply.text(403, "no", "-") : null);
    ManagedChannel calls = start(Mode.DISABLE);
    Told told = new Told();
    StreamObserver<String> requests = chat(calls, told);
    requests.onNext("x".repeat(10_000));
    assertThat(told.take()).isEqualTo("PERMISSION_DENIED");
    assertThat(mesh.take().end().outcome()).isEqualTo(Outcome.COMPLETED);
    // The connection goes on.
    assertThat(echo(calls, "hello", none)).isEqualTo("hello null");
    mesh.take().end();
  }

  @Test
  void decidesACallThatTheServerDoesNotKnow() throws Exception {
    mesh.decide(arrival -> LocalReply.text(403, "no", "-"));
    ManagedChannel calls = start(Mode.DISABLE);
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    calls,
                    Sample.ECHO.toBuilder().setFullMethodName("other.Service/Method").build(),
                    CallOptions.DEFAULT,
                    "x"));
    assertThat(requireNonNull(refused).getStatus().getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    Arrival seen = mesh.take();
    assertThat(seen.path).isEqualTo("/other.Service/Method");
    seen.end();
  }

  @Test
  void waitsForAVerdictAndChangesHeaders() throws Exception {
    CompletableFuture<Object> pending = new CompletableFuture<>();
    HeaderMutations changes =
        HeaderMutations.builder()
            .remove("x-forwarded-client-cert")
            .set("x-forwarded-client-cert", "URI=real")
            .build();
    mesh.judge(arrival -> new Verdict(pending, null, changes));
    ManagedChannel calls = start(Mode.DISABLE);
    Metadata forged = new Metadata();
    forged.put(CERT, "URI=forged");
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() -> echo(calls, "hello", forged));
    Arrival seen = mesh.take();
    assertThat(answer).isNotDone();
    assertThat(called).hasValue(0);
    pending.complete("decided");

    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("hello URI=real");
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(0, 1, 1));
  }

  @Test
  void goesOnWithOtherCallsWhileItWaits() throws Exception {
    CompletableFuture<Object> pending = new CompletableFuture<>();
    LocalReply refusal = LocalReply.text(403, "no", "-");
    mesh.judge(
        arrival ->
            "wait".equals(arrival.tag)
                ? new Verdict(pending, refusal, HeaderMutations.NONE)
                : Verdict.PERMIT);
    ManagedChannel calls = start(Mode.DISABLE);
    Metadata wait = new Metadata();
    wait.put(Sample.TAG, "wait");
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() -> echo(calls, "hello", wait));
    Arrival waiting = mesh.take();
    assertThat(echo(calls, "other", none)).isEqualTo("other null");
    mesh.take().end();
    pending.complete("decided");
    assertThat(
            answer
                .handle((text, failure) -> Status.fromThrowable(failure).getCode())
                .get(10, TimeUnit.SECONDS))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(waiting.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(called).hasValue(1);
  }

  @Test
  void forgetsACallThatIsCancelledWhileItWaits() throws Exception {
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(arrival -> new Verdict(pending, null, HeaderMutations.NONE));
    ClientCall<String, String> call = start(Mode.DISABLE).newCall(Sample.ECHO, CallOptions.DEFAULT);
    Told told = new Told();
    ClientCalls.asyncUnaryCall(call, "x", told);
    Arrival seen = mesh.take();
    call.cancel("no more", null);
    assertThat(told.take()).isEqualTo("CANCELLED");
    assertThat(seen.end()).isEqualTo(new End(Outcome.FAILED, 0));
    pending.complete("decided");
    assertThat(called).hasValue(0);
  }

  @Test
  void breaksOffACallThatIsRevoked() throws Exception {
    ManagedChannel calls = start(Mode.DISABLE);
    Told told = new Told();
    StreamObserver<String> requests = chat(calls, told);
    requests.onNext("one");
    assertThat(told.take()).isEqualTo("one");
    Arrival seen = mesh.take();
    seen.revoke();

    assertThat(told.take()).isEqualTo("CANCELLED");
    assertThat(seen.end().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(echo(calls, "hello", none)).isEqualTo("hello null");
    mesh.take().end();
  }

  // ---- transport

  @Test
  void servesMutualTlsWhereStrict() throws Exception {
    ManagedChannel calls = start(Mode.STRICT);
    assertThat(echo(calls, "x".repeat(100_000), none)).hasSize(100_005);

    assertThat(transport.take()).startsWith("connected ").endsWith(CLIENT);
    Arrival seen = mesh.take();
    assertThat(seen.scheme).isEqualTo("http");
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    calls.shutdownNow();
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  void servesPlaintextAndMutualTlsWherePermissive() throws Exception {
    ManagedChannel calls = start(Mode.PERMISSIVE);
    assertThat(echo(calls, "hello", none)).isEqualTo("hello null");
    mesh.take().end();
    ManagedChannel tls = encrypted(certificates.context(CLIENT));
    try {
      assertThat(echo(tls, "hello", none)).isEqualTo("hello null");
      assertThat(transport.take()).startsWith("connected ").endsWith(CLIENT);
      mesh.take().end();
    } finally {
      tls.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @Test
  void refusesPlaintextAndStrangersWhereStrict() throws Exception {
    start(Mode.STRICT);
    for (ManagedChannel other :
        List.of(
            plain(),
            encrypted(certificates.anonymous()),
            encrypted(new MeshCertificates().context(CLIENT)))) {
      try {
        assertThat(failure(other, "hello").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      } finally {
        other.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
    assertThat(called).hasValue(0);
  }

  // ---- the application

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(Sample.NAME)
        .addMethod(
            Sample.ECHO,
            ServerCalls.asyncUnaryCall(
                (request, responses) -> {
                  if (request.equals("fail")) {
                    responses.onError(Status.NOT_FOUND.asException());
                    return;
                  }
                  String seen = request.equals("context") ? CallContext.current() + "" : request;
                  responses.onNext(seen + " " + SEEN.get());
                  responses.onCompleted();
                }))
        .addMethod(Sample.CHAT, ServerCalls.asyncBidiStreamingCall(responses -> responses))
        .build();
  }

  private final class ShowsHeader implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      called.incrementAndGet();
      Context context = Context.current().withValue(SEEN, String.valueOf(headers.get(CERT)));
      return Contexts.interceptCall(context, call, headers, next);
    }
  }
}
