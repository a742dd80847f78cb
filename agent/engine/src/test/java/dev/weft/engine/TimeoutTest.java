package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.grpc;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.RetryPolicy;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class TimeoutTest {

  private static final long MS = TestMesh.MS;

  private static TestMesh with(long timeoutNanos, long perTryNanos) {
    return new TestMesh()
        .service(
            2,
            route ->
                route
                    .timeoutNanos(timeoutNanos)
                    .retries(
                        RetryPolicy.builder()
                            .attempts(2)
                            .retryOn(Set.of("5xx"))
                            .perTryTimeoutNanos(perTryNanos)
                            .build()));
  }

  private static long timeoutOf(TestMesh mesh, TestRequest request) {
    return mesh.start(request).attempt().timeoutNanos();
  }

  @Test
  void boundsAnAttemptByTheShorterOfBoth() {
    assertThat(timeoutOf(with(0, 0), get("/"))).isZero();
    assertThat(timeoutOf(with(500 * MS, 0), get("/"))).isEqualTo(500 * MS);
    assertThat(timeoutOf(with(0, 200 * MS), get("/"))).isEqualTo(200 * MS);
    assertThat(timeoutOf(with(500 * MS, 200 * MS), get("/"))).isEqualTo(200 * MS);
    assertThat(timeoutOf(with(100 * MS, 200 * MS), get("/"))).isEqualTo(100 * MS);
  }

  @Test
  void givesARetryWhatIsLeftAfterItsBackOff() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    mesh.pass(30 * MS);
    mesh.draws.add(20 * MS);
    Directive again = call.onResponse(response(503));
    assertThat(again.delayNanos()).isEqualTo(20 * MS);
    assertThat(again.attempt().timeoutNanos()).isEqualTo(50 * MS);
  }

  @Test
  void answers504WhenTheWholeTimeIsOver() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    mesh.pass(100 * MS);
    Directive over = call.onFailure(FailureKind.TIMEOUT, new IOException("aborted"));
    assertThat(over.kind()).isEqualTo(Directive.Kind.REPLY);
    assertThat(over.reply().status()).isEqualTo(504);
    assertThat(new String(over.reply().body(), StandardCharsets.UTF_8))
        .isEqualTo("upstream request timeout");
    assertThat(over.reply().flag()).isEqualTo("UT");
    call.close(Outcome.COMPLETED, 504, null);
    CallRecord record = mesh.taken();
    assertThat(record.flags).isEqualTo("UT");
    assertThat(record.attempts).isEqualTo(1);
  }

  @Test
  void triesAgainAfterAPerTryTimeout() {
    TestMesh mesh = with(0, 50 * MS);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    for (int retry = 1; retry <= 2; retry++) {
      mesh.pass(50 * MS);
      Directive again = call.onFailure(FailureKind.TIMEOUT, new IOException("aborted"));
      assertThat(again.kind()).isEqualTo(Directive.Kind.SEND);
      assertThat(again.attempt().number()).isEqualTo(retry + 1);
    }
    Directive last = call.onFailure(FailureKind.TIMEOUT, new IOException("aborted"));
    assertThat(last.reply().status()).isEqualTo(504);
    assertThat(last.reply().flag()).isEqualTo("UT,URX");
  }

  @Test
  void blamesTheTimeAndNotTheAttemptsWhenBothAreUsedUp() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    for (int retry = 1; retry <= 2; retry++) {
      mesh.draws.add(0L);
      assertThat(call.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
    }
    mesh.pass(100 * MS);
    Directive over = call.onFailure(FailureKind.TIMEOUT, new IOException("aborted"));
    assertThat(over.reply().flag()).isEqualTo("UT");
  }

  @Test
  void deliversWhatCameLastWhenTheBackOffDoesNotFit() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    mesh.pass(90 * MS);
    mesh.draws.add(10 * MS);
    assertThat(call.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.DELIVER);
    assertThat(mesh.engine.view().clusters().get(0).activeRetries).isZero();
  }

  @Test
  void flagsAResponseThatTheDeadlineCutOff() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    call.onResponse(response(200));
    call.close(Outcome.TIMED_OUT, 200, null);
    assertThat(mesh.taken().flags).isEqualTo("UT");
  }

  @Test
  void honoursTheTimeoutOfGrpcClientsCappedByTheRoute() {
    assertThat(timeoutOf(with(0, 0), grpc("/").with("grpc-timeout", "250m"))).isEqualTo(250 * MS);
    assertThat(timeoutOf(with(100 * MS, 0), grpc("/").with("grpc-timeout", "250m")))
        .isEqualTo(100 * MS);
    assertThat(timeoutOf(with(100 * MS, 0), grpc("/").with("grpc-timeout", "50000u")))
        .isEqualTo(50 * MS);
    assertThat(timeoutOf(with(100 * MS, 0), grpc("/"))).isEqualTo(100 * MS);
    assertThat(timeoutOf(with(0, 0), get("/").with("grpc-timeout", "250m"))).isZero();
  }

  @Test
  void readsEveryUnitAndIgnoresWhatIsMalformed() {
    long[] expected = {
      3_600 * TestMesh.SECOND, 60 * TestMesh.SECOND, TestMesh.SECOND, MS, 1_000, 1
    };
    String units = "HMSmun";
    for (int i = 0; i < units.length(); i++) {
      String header = "2" + units.charAt(i);
      assertThat(timeoutOf(with(0, 0), grpc("/").with("grpc-timeout", header)))
          .as(header)
          .isEqualTo(2 * expected[i]);
    }
    for (String bad : new String[] {"", "S", "1", "1x", "123456789S", "-1S", "1.5S", "0S"}) {
      assertThat(timeoutOf(with(0, 0), grpc("/").with("grpc-timeout", bad))).as(bad).isZero();
    }
    assertThat(timeoutOf(with(0, 0), grpc("/").with("grpc-timeout", "99999999H"))).isPositive();
  }

  @Test
  void tellsGrpcClientsOfTheTimeoutInTheirWords() {
    TestMesh mesh = with(100 * MS, 0);
    OutboundCall call = mesh.open(grpc("/"));
    call.start();
    mesh.pass(100 * MS);
    Directive over = call.onFailure(FailureKind.TIMEOUT, new IOException("aborted"));
    assertThat(over.reply().status()).isEqualTo(200);
    assertThat(Headers.of(over.reply().headers()).set).containsEntry("grpc-status", "14");
  }
}
