package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.grpc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.Fault;
import dev.weft.model.RetryPolicy;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class FaultTest {

  private static final int ALWAYS = 1_000_000;

  private static TestMesh with(Fault.Builder fault) {
    return new TestMesh()
        .service(
            1,
            route ->
                route
                    .fault(fault.build())
                    .timeoutNanos(TestMesh.SECOND)
                    .retries(
                        RetryPolicy.builder()
                            .attempts(3)
                            .retryOn(Set.of("5xx"))
                            .explicit(true)
                            .build()));
  }

  private static Fault.Builder delay(int perMillion) {
    return Fault.builder().delayNanos(5 * TestMesh.SECOND).delayPerMillion(perMillion);
  }

  @Test
  void delaysOutsideTheTimeout() {
    TestMesh mesh = with(delay(ALWAYS));
    OutboundCall call = mesh.open(get("/"));
    Directive first = call.start();
    assertThat(first.kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(first.delayNanos()).isEqualTo(5 * TestMesh.SECOND);
    assertThat(first.attempt().timeoutNanos()).isEqualTo(TestMesh.SECOND);
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(mesh.taken().flags).isEqualTo("DI");
  }

  @Test
  void abortsWithoutSendingAndWithoutRetry() {
    TestMesh mesh = with(Fault.builder().abortStatus(503).abortPerMillion(ALWAYS));
    OutboundCall call = mesh.open(get("/"));
    Directive first = call.start();
    assertThat(first.kind()).isEqualTo(Directive.Kind.REPLY);
    assertThat(first.delayNanos()).isZero();
    assertThat(first.reply().status()).isEqualTo(503);
    assertThat(new String(first.reply().body(), StandardCharsets.UTF_8))
        .isEqualTo("fault filter abort");
    assertThat(first.reply().flag()).isEqualTo("FI");
    call.close(Outcome.COMPLETED, 503, null);
    CallRecord record = mesh.taken();
    assertThat(record.flags).isEqualTo("FI");
    assertThat(record.attempts).isZero();
    assertThat(record.upstream).isNotNull();
  }

  @Test
  void delaysAndThenAborts() {
    TestMesh mesh = with(delay(ALWAYS).abortStatus(500).abortPerMillion(ALWAYS));
    Directive first = mesh.start(get("/"));
    assertThat(first.kind()).isEqualTo(Directive.Kind.REPLY);
    assertThat(first.delayNanos()).isEqualTo(5 * TestMesh.SECOND);
    assertThat(first.reply().flag()).isEqualTo("DI,FI");
  }

  @Test
  void tossesACoinForEachOfThem() {
    TestMesh mesh = with(delay(500_000).abortStatus(500).abortPerMillion(500_000));
    mesh.draws.add(499_999L);
    mesh.draws.add(500_000L);
    Directive delayed = mesh.start(get("/"));
    assertThat(delayed.kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(delayed.delayNanos()).isPositive();
    mesh.draws.add(500_000L);
    mesh.draws.add(499_999L);
    Directive aborted = mesh.start(get("/"));
    assertThat(aborted.kind()).isEqualTo(Directive.Kind.REPLY);
    assertThat(aborted.delayNanos()).isZero();
  }

  @Test
  void neverHappensAtZeroPercent() {
    TestMesh mesh = with(delay(0).abortStatus(500).abortPerMillion(0));
    for (int i = 0; i < 100; i++) {
      Directive directive = mesh.start(get("/"));
      assertThat(directive.kind()).isEqualTo(Directive.Kind.SEND);
      assertThat(directive.delayNanos()).isZero();
    }
  }

  @Test
  void resolvesOneInAMillion() {
    TestMesh mesh = with(Fault.builder().abortStatus(500).abortPerMillion(1));
    mesh.draws.add(0L);
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.REPLY);
    mesh.draws.add(1L);
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
  }

  @Test
  void abortsInGrpcsWords() {
    TestMesh mesh = with(Fault.builder().abortGrpcStatus(14).abortPerMillion(ALWAYS));
    OutboundCall call = mesh.open(grpc("/a.B/c"));
    Directive first = call.start();
    assertThat(first.reply().status()).isEqualTo(200);
    assertThat(Headers.of(first.reply().headers()).set)
        .containsEntry("content-type", "application/grpc")
        .containsEntry("grpc-status", "14")
        .containsEntry("grpc-message", "fault filter abort");
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(mesh.taken().grpcStatus).isEqualTo(14);
  }

  @Test
  void holdsNoPlaceWhileItAborts() {
    TestMesh mesh = with(Fault.builder().abortStatus(500).abortPerMillion(ALWAYS));
    mesh.start(get("/"));
    assertThat(mesh.engine.view().clusters().get(0).active).isZero();
  }
}
