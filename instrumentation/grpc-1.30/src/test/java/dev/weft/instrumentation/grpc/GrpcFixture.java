package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.FakeEngine.GrpcEnd;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.transport.Endpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A channel of the transport under test, two servers, and an engine that does as it is told. */
@Timeout(60)
abstract class GrpcFixture {

  /** Resolves nowhere: a call that arrives proves that it was sent to an endpoint. */
  static final String TARGET = "orders.invalid:8080";

  private @Nullable FakeEngine engineOrNull;
  private @Nullable GrpcUpstream aOrNull;
  private @Nullable GrpcUpstream bOrNull;
  private @Nullable ManagedChannel channelOrNull;

  /** A builder of the transport under test, in plaintext. */
  abstract ManagedChannelBuilder<?> builder(String target);

  @BeforeEach
  final void open() throws Exception {
    InstalledAdapter.installFound();
    engineOrNull = FakeEngine.install();
    aOrNull = GrpcUpstream.start("a");
    bOrNull = GrpcUpstream.start("b");
    channelOrNull = builder(TARGET).build();
  }

  @AfterEach
  final void close() throws Exception {
    assertThat(channel().shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    a().close();
    b().close();
    engine().close();
    engine().assertNothingLeft();
    assertThat(InstalledAdapter.lines()).isEmpty();
  }

  final FakeEngine engine() {
    return requireNonNull(engineOrNull);
  }

  final GrpcUpstream a() {
    return requireNonNull(aOrNull);
  }

  final GrpcUpstream b() {
    return requireNonNull(bOrNull);
  }

  final ManagedChannel channel() {
    return requireNonNull(channelOrNull);
  }

  final String echo(Channel on, String message) {
    return ClientCalls.blockingUnaryCall(
        on, Sample.ECHO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), message);
  }

  final Status failure(String message) {
    return requireNonNull(
            catchThrowableOfType(StatusRuntimeException.class, () -> echo(channel(), message)))
        .getStatus();
  }

  final void assertClosed(Outcome outcome, int status) throws InterruptedException {
    FakeEngine.Closed closed = engine().takeClosed();
    assertThat(closed.outcome()).as("outcome of %s", closed).isEqualTo(outcome);
    assertThat(closed.status()).as("status of %s", closed).isEqualTo(status);
  }

  /** Takes the reports of a call with one good attempt. */
  final void assertGood(int requests, int responses) throws InterruptedException {
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().status()).isEqualTo(200);
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 0, requests, responses));
    assertClosed(Outcome.COMPLETED, 200);
  }

  /** Nobody listens there. */
  static Endpoint nowhere() throws Exception {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return new Endpoint(
          "gone.weft", InetAddress.getLoopbackAddress().getAddress(), socket.getLocalPort(), false);
    }
  }
}
