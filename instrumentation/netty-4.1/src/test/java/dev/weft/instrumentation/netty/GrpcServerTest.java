package dev.weft.instrumentation.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.netty.GrpcServers.Chat;
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
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** grpc-java's server on Netty, as it is and on the copy of Netty that it carries. */
@Timeout(60)
final class GrpcServerTest {

  private static final String CLIENT = "spiffe://mesh/ns/default/sa/client";

  private final MeshCertificates certificates = new MeshCertificates();
  private final ServerMesh mesh = new ServerMesh();
  private final ServerPortsRecorder ports = new ServerPortsRecorder();
  private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
  private final Metadata none = new Metadata();
  private ServerTransport transport = new ServerTransport(ServerTls.DISABLED);
  private @Nullable Mesh before;
  private @Nullable Server server;
  private int port;
  private @Nullable ManagedChannel channel;

  @BeforeAll
  static void installAdapters() {
    InstalledAdapter.installFound();
  }

  private ManagedChannel start(boolean shaded, Mode mode) throws IOException {
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
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Server started =
        shaded
            ? GrpcServers.started(
                io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(any))
            : GrpcServers.started(NettyServerBuilder.forAddress(any));
    server = started;
    port = started.getPort();
    ManagedChannel made =
        mode == Mode.STRICT
            ? encrypted(certificates.context(CLIENT), started.getPort())
            : NettyChannelBuilder.forAddress("127.0.0.1", started.getPort()).usePlaintext().build();
    channel = made;
    return made;
  }

  private static ManagedChannel encrypted(SSLContext context, int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
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
                ClientAuth.NONE))
        .build();
  }

  @AfterEach
  void stop() throws Exception {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    if (server != null) {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    if (before != null) {
      Mesh.install(before);
    }
    mesh.assertNothingLeft();
    assertThat(problems).isEmpty();
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void seesACallAndItsEnd(boolean shaded) throws Exception {
    ManagedChannel calls = start(shaded, Mode.DISABLE);
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x-tag", Metadata.ASCII_STRING_MARSHALLER), "one");
    assertThat(GrpcServers.echo(calls, "hello", headers)).isEqualTo("hello null");

    Arrival seen = mesh.take();
    assertThat(seen.method).isEqualTo("POST");
    assertThat(seen.path).isEqualTo("/sample.Sample/Echo");
    assertThat(seen.tag).isEqualTo("one");
    assertThat(seen.localPort).isEqualTo(port);
    assertThat(seen.peer).isNotNull();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(0, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsTheMessagesOfAStream(boolean shaded) throws Exception {
    ManagedChannel calls = start(shaded, Mode.DISABLE);
    Chat chat = new Chat();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            calls.newCall(GrpcServers.CHAT, CallOptions.DEFAULT), chat);
    String[] messages = {"", "x", "y".repeat(100_000), ""};
    for (String message : messages) {
      requests.onNext(message);
      assertThat(chat.told.poll(10, TimeUnit.SECONDS)).isEqualTo(message);
    }
    requests.onCompleted();
    assertThat(chat.told.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
    Arrival seen = mesh.take();
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    assertThat(seen.grpcEnds()).containsExactly(new GrpcEnd(0, 4, 4));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersARefusalAsAStatus(boolean shaded) throws Exception {
    mesh.decide(arrival -> LocalReply.text(403, "RBAC: access denied", "-"));
    ManagedChannel calls = start(shaded, Mode.DISABLE);
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> GrpcServers.echo(calls, "hello", none));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refused.getStatus().getDescription()).isEqualTo("RBAC: access denied");
    Arrival seen = mesh.take();
    assertThat(seen.end().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(seen.grpcEnds()).extracting(GrpcEnd::status).containsExactly(7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitsForAVerdictAndChangesHeaders(boolean shaded) throws Exception {
    CompletableFuture<Object> pending = new CompletableFuture<>();
    HeaderMutations changes =
        HeaderMutations.builder()
            .remove("x-forwarded-client-cert")
            .set("x-forwarded-client-cert", "URI=real")
            .build();
    mesh.judge(arrival -> new Verdict(pending, null, changes));
    ManagedChannel calls = start(shaded, Mode.DISABLE);
    Metadata forged = new Metadata();
    forged.put(GrpcServers.CERT, "URI=forged");
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() -> GrpcServers.echo(calls, "hello", forged));
    Arrival seen = mesh.take();
    assertThat(answer).isNotDone();
    pending.complete("decided");

    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("hello URI=real");
    assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void breaksOffACallThatIsRevoked(boolean shaded) throws Exception {
    ManagedChannel calls = start(shaded, Mode.DISABLE);
    Chat chat = new Chat();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            calls.newCall(GrpcServers.CHAT, CallOptions.DEFAULT), chat);
    requests.onNext("one");
    assertThat(chat.told.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
    Arrival seen = mesh.take();
    seen.revoke();

    assertThat(chat.told.poll(10, TimeUnit.SECONDS)).isEqualTo("CANCELLED");
    assertThat(seen.end().outcome()).isEqualTo(Outcome.FAILED);
    // The connection goes on.
    assertThat(GrpcServers.echo(calls, "hello", none)).isEqualTo("hello null");
    mesh.take().end();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void servesMutualTlsWhereStrict(boolean shaded) throws Exception {
    ManagedChannel calls = start(shaded, Mode.STRICT);
    assertThat(GrpcServers.echo(calls, "x".repeat(100_000), none)).hasSize(100_005);

    assertThat(transport.take()).startsWith("connected ").endsWith(CLIENT);
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    calls.shutdownNow();
    assertThat(transport.take()).startsWith("disconnected ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void letsPlaintextInWherePermissiveAndTellsThePort(boolean shaded) throws Exception {
    ManagedChannel calls = start(shaded, Mode.PERMISSIVE);
    assertThat(ports.take()).isEqualTo("opened " + port + " grpc");
    assertThat(GrpcServers.echo(calls, "hello", none)).isEqualTo("hello null");
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesPlaintextWhereStrict(boolean shaded) throws Exception {
    start(shaded, Mode.STRICT);
    ManagedChannel plain = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> GrpcServers.echo(plain, "hello", none));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    } finally {
      plain.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
