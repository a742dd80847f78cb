package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.grpc;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ConnectionPool;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Update;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Concurrency limits, and that every place is given back. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class LimitsTest {

  private static TestMesh with(ConnectionPool.Builder limits) {
    return new TestMesh()
        .service(
            2,
            upstream -> upstream.connectionPool(limits.build()),
            route ->
                route.retries(RetryPolicy.builder().attempts(1).retryOn(Set.of("5xx")).build()));
  }

  private static EngineView.Cluster cluster(TestMesh mesh) {
    return mesh.engine.view().clusters().get(0);
  }

  private static void assertNothingHeld(TestMesh mesh) {
    assertThat(cluster(mesh).active).isZero();
    assertThat(cluster(mesh).activeRetries).isZero();
    for (EngineView.Member member : cluster(mesh).endpoints) {
      assertThat(member.active).isZero();
    }
  }

  @Test
  void refusesMoreThanMaxRequests() {
    TestMesh mesh = with(ConnectionPool.builder().maxRequests(1));
    OutboundCall first = mesh.open(get("/"));
    assertThat(first.start().kind()).isEqualTo(Directive.Kind.SEND);
    OutboundCall second = mesh.open(get("/"));
    Directive refused = second.start();
    assertThat(refused.reply().status()).isEqualTo(503);
    assertThat(refused.reply().flag()).isEqualTo("UO");
    assertThat(Headers.of(refused.reply().headers()).set)
        .containsEntry("x-envoy-overloaded", "true");
    assertThat(new String(refused.reply().body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "upstream connect error or disconnect/reset before headers. reset reason: overflow");
    second.close(Outcome.COMPLETED, 503, null);
    CallRecord record = mesh.taken();
    assertThat(record.flags).isEqualTo("UO");
    assertThat(record.attempts).isZero();
    first.close(Outcome.COMPLETED, 200, null);
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(cluster(mesh).overflows).isEqualTo(1);
  }

  @Test
  void refusesWhatFindsConnectionsBusyAndTheQueueFull() {
    TestMesh mesh = with(ConnectionPool.builder().maxConnections(1).maxPendingRequests(1));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.REPLY);
  }

  @Test
  void isUnlimitedByDefault() {
    TestMesh mesh = with(ConnectionPool.builder());
    for (int i = 0; i < 1_000; i++) {
      assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
    }
    assertThat(cluster(mesh).active).isEqualTo(1_000);
  }

  @Test
  void refusesGrpcRequestsInTheirWords() {
    TestMesh mesh = with(ConnectionPool.builder().maxRequests(0));
    assertThat(Headers.of(mesh.start(grpc("/")).reply().headers()).set)
        .containsEntry("grpc-status", "14")
        .containsEntry("x-envoy-overloaded", "true");
  }

  @Test
  void retriesInItsOwnPlace() {
    TestMesh mesh = with(ConnectionPool.builder().maxRequests(1));
    OutboundCall call = mesh.open(get("/"));
    call.start();
    assertThat(call.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(cluster(mesh).active).isEqualTo(1);
    assertThat(cluster(mesh).activeRetries).isEqualTo(1);
  }

  @Test
  void givesEverythingBackHoweverACallEnds() {
    TestMesh mesh = with(ConnectionPool.builder());
    for (Outcome outcome : Outcome.values()) {
      OutboundCall unsent = mesh.open(get("/"));
      unsent.start();
      unsent.close(outcome, 0, null);
      assertNothingHeld(mesh);
      OutboundCall delivered = mesh.open(get("/"));
      delivered.start();
      delivered.onResponse(response(200));
      assertThat(cluster(mesh).active).isEqualTo(1);
      delivered.close(outcome, 200, null);
      assertNothingHeld(mesh);
      OutboundCall retried = mesh.open(get("/"));
      retried.start();
      retried.onResponse(response(503));
      retried.onFailure(FailureKind.RESET, new IOException("x"));
      retried.close(outcome, 0, null);
      retried.close(outcome, 0, null);
      assertNothingHeld(mesh);
    }
    assertThat(mesh.records).hasSize(3 * Outcome.values().length);
  }

  @Test
  void holdsNothingForACallThatWasClosedBeforeItsNextStep() {
    TestMesh mesh = with(ConnectionPool.builder());
    OutboundCall early = mesh.open(get("/"));
    early.close(Outcome.CANCELLED, 0, null);
    early.start();
    assertNothingHeld(mesh);
    OutboundCall between = mesh.open(get("/"));
    between.start();
    between.close(Outcome.CANCELLED, 0, null);
    assertThat(between.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.DELIVER);
    assertThat(between.onFailure(FailureKind.CONNECT, new IOException("x")).kind())
        .isEqualTo(Directive.Kind.DELIVER);
    assertNothingHeld(mesh);
  }

  @Test
  void holdsNothingForACallThatIsClosedInTheMiddleOfAStep() {
    TestMesh mesh = with(ConnectionPool.builder());
    OutboundCall starting = mesh.open(get("/"));
    mesh.atNextTick.set(() -> starting.close(Outcome.CANCELLED, 0, null));
    starting.start();
    assertNothingHeld(mesh);
    OutboundCall retrying = mesh.open(get("/"));
    retrying.start();
    mesh.atNextTick.set(() -> retrying.close(Outcome.CANCELLED, 0, null));
    retrying.onResponse(response(503));
    assertNothingHeld(mesh);
    assertThat(mesh.records).hasSize(2);
  }

  @Test
  void holdsNothingWhenARetryIsNotPossible() {
    TestMesh mesh = with(ConnectionPool.builder());
    OutboundCall call = mesh.open(get("/").once());
    call.start();
    call.onResponse(response(503));
    assertThat(cluster(mesh).activeRetries).isZero();
    call.close(Outcome.COMPLETED, 503, null);
    assertNothingHeld(mesh);
  }

  @Test
  void givesBackAfterItsUpstreamIsGone() {
    TestMesh mesh = with(ConnectionPool.builder().maxRequests(1));
    mesh.draws.add(0L);
    mesh.draws.add(0L);
    OutboundCall call = mesh.open(get("/"));
    call.start();
    mesh.applied(
        Update.builder()
            .removedRouteTables(Set.of("reviews:9080"))
            .removedUpstreams(Set.of(TestMesh.REVIEWS)));
    assertThat(mesh.engine.view().clusters()).isEmpty();
    call.close(Outcome.COMPLETED, 200, null);
    mesh.service(1);
    OutboundCall next = mesh.open(get("/"));
    next.start();
    next.close(Outcome.COMPLETED, 200, null);
    assertNothingHeld(mesh);
    // What was learned of the one that is gone is forgotten with it.
    assertThat(cluster(mesh).endpoints.get(0).total).isEqualTo(1);
    assertThat(mesh.records).hasSize(2);
  }

  @Test
  void appliesNewLimitsToWhatIsUnderWay() {
    TestMesh mesh = with(ConnectionPool.builder());
    mesh.start(get("/"));
    mesh.applied(
        Update.builder()
            .upstreams(
                List.of(
                    TestMesh.upstream(TestMesh.REVIEWS)
                        .connectionPool(ConnectionPool.builder().maxRequests(1).build())
                        .build())));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.REPLY);
  }
}
