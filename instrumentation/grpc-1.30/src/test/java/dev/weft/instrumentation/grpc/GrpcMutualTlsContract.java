package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.outbound.FailureKind;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ClientTransport;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MeshCertificates;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is true of gRPC's client towards endpoints that take mutual TLS only. */
@Timeout(60)
abstract class GrpcMutualTlsContract {

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String CALLER = "spiffe://mesh.test/ns/default/sa/caller";
  private static final String ORDERS_ID = "spiffe://mesh.test/ns/default/sa/orders";
  private static final String OTHER_ID = "spiffe://mesh.test/ns/default/sa/other";

  private final ClientTransport transport = new ClientTransport(MESH, CALLER);

  /** The client's side of {@link #transport}, and strict mutual TLS on the port of one server. */
  private final TransportSecurity both =
      new TransportSecurity() {
        @Override
        public @Nullable ClientTls client(String peerHost) {
          return transport.client(peerHost);
        }

        @Override
        public ServerTls server(int localPort) {
          return localPort == strictPort
              ? new ServerTls(ServerTls.Mode.STRICT, MESH.context(ORDERS_ID))
              : ServerTls.DISABLED;
        }

        @Override
        public void connected(InetSocketAddress remote, int localPort, SSLSession session) {}

        @Override
        public void disconnected(InetSocketAddress remote, int localPort) {}
      };

  private volatile int strictPort;
  private @Nullable FakeEngine engineOrNull;
  private @Nullable GrpcUpstream strictOrNull;
  private @Nullable GrpcUpstream plainOrNull;
  private @Nullable ManagedChannel channelOrNull;

  /** A builder of the transport under test, in plaintext. */
  abstract ManagedChannelBuilder<?> builder(String target);

  @BeforeEach
  final void open() throws Exception {
    InstalledAdapter.installFound();
    engineOrNull = FakeEngine.install(both);
    strictOrNull = GrpcUpstream.start("strict");
    strictPort = strict().port();
    plainOrNull = GrpcUpstream.start("plain");
    channelOrNull = builder(GrpcClientContract.TARGET).build();
  }

  @AfterEach
  final void close() throws Exception {
    assertThat(channel().shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    strict().close();
    plain().close();
    engine().close();
    engine().assertNothingLeft();
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  private FakeEngine engine() {
    return requireNonNull(engineOrNull);
  }

  private GrpcUpstream strict() {
    return requireNonNull(strictOrNull);
  }

  private GrpcUpstream plain() {
    return requireNonNull(plainOrNull);
  }

  private ManagedChannel channel() {
    return requireNonNull(channelOrNull);
  }

  private String echo() {
    return ClientCalls.blockingUnaryCall(
        channel(),
        Sample.ECHO,
        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
        "secret");
  }

  private Endpoint expecting(GrpcUpstream upstream, String peer, String identity) {
    Endpoint endpoint = upstream.endpoint(peer, true);
    transport.expect(endpoint, identity);
    return endpoint;
  }

  private void assertGood() throws InterruptedException {
    engine().takeOpened();
    assertGoodEnd();
  }

  private void assertGoodEnd() throws InterruptedException {
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd().status()).isZero();
    assertThat(engine().takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private void assertRefused(Endpoint endpoint) throws Exception {
    engine().call(FakeEngine.send(endpoint));
    StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, this::echo);
    assertThat(requireNonNull(refused).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    engine().takeOpened();
    assertThat(engine().takeFailure().kind())
        .as("nothing was sent: the call may go elsewhere")
        .isEqualTo(FailureKind.CONNECT);
    assertThat(engine().takeClosed().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  final void sendsThroughMutualTlsOnOneConnection() throws Exception {
    Endpoint endpoint = expecting(strict(), "orders", ORDERS_ID);
    for (int i = 0; i < 3; i++) {
      engine().call(FakeEngine.send(endpoint));
      assertThat(echo()).isEqualTo("strict secret");
      assertGood();
      assertThat(strict().take().authority()).isEqualTo(GrpcClientContract.TARGET);
    }
    assertThat(strict().connections()).isEqualTo(1);
  }

  @Test
  final void refusesAPeerOfAnotherIdentityUnderASecondName() throws Exception {
    engine().call(FakeEngine.send(expecting(strict(), "orders", ORDERS_ID)));
    echo();
    assertGood();
    strict().take();
    assertRefused(expecting(strict(), "payments", OTHER_ID));
    assertThat(strict().waiting()).isZero();
  }

  @Test
  final void refusesToSendPlaintextToAMutualTlsEndpoint() throws Exception {
    // It would be answered: only the client can refuse.
    assertRefused(plain().endpoint("orders", true));
    assertThat(plain().waiting()).isZero();
  }

  @Test
  final void refusesAServerThatSpeaksPlaintextOnly() throws Exception {
    assertRefused(expecting(plain(), "orders", ORDERS_ID));
    assertThat(plain().waiting()).isZero();
  }

  @Test
  final void sendsAgainElsewhereWhenTheIdentityIsWrong() throws Exception {
    engine()
        .call(
            FakeEngine.send(expecting(strict(), "wrong", OTHER_ID)),
            FakeEngine.send(expecting(strict(), "right", ORDERS_ID)));
    assertThat(echo()).isEqualTo("strict secret");
    engine().takeOpened();
    engine().takeFailure();
    assertGoodEnd();
  }
}
