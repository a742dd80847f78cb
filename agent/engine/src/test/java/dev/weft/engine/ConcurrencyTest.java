package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ConnectionPool;
import dev.weft.model.OutlierDetection;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads: nothing is lost, nothing is counted twice. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConcurrencyTest {

  private static final int THREADS = 8;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private void run(ThrowingTask task) throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      running.add(
          threads.submit(
              () -> {
                together.await();
                task.run(number);
                return null;
              }));
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  private interface ThrowingTask {
    void run(int thread) throws Exception;
  }

  private static TestMesh mesh(int maxRequests) {
    return new TestMesh()
        .service(
            4,
            upstream ->
                upstream
                    .connectionPool(ConnectionPool.builder().maxRequests(maxRequests).build())
                    .outlierDetection(
                        OutlierDetection.builder()
                            .consecutive5xx(2)
                            .maxEjectionPercent(50)
                            .intervalNanos(TestMesh.MS)
                            .baseEjectionNanos(TestMesh.MS)
                            .build()),
            route ->
                route.retries(RetryPolicy.builder().attempts(2).retryOn(Set.of("5xx")).build()));
  }

  private static void assertNothingHeld(TestMesh mesh) {
    EngineView.Cluster cluster = mesh.engine.view().clusters().get(0);
    assertThat(cluster.active).isZero();
    assertThat(cluster.activeRetries).isZero();
    for (EngineView.Member member : cluster.endpoints) {
      assertThat(member.active).isZero();
    }
  }

  @Test
  void neverAdmitsMoreThanTheLimitAndGivesAllBack() throws Exception {
    TestMesh mesh = mesh(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    run(
        thread -> {
          for (int i = 0; i < 5_000; i++) {
            OutboundCall call = mesh.open(get("/"));
            if (call.start().kind() == Directive.Kind.SEND) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              call.onResponse(response(200));
              inside.decrementAndGet();
            }
            call.close(Outcome.COMPLETED, 200, null);
          }
        });
    assertThat(most.get()).isBetween(1, 3);
    assertNothingHeld(mesh);
    assertThat(mesh.records).hasSize(THREADS * 5_000);
  }

  @Test
  void survivesPolicyChangesFailuresAndSweepsUnderLoad() throws Exception {
    TestMesh mesh = mesh(Integer.MAX_VALUE);
    run(
        thread -> {
          for (int i = 0; i < 3_000; i++) {
            if (thread == 0) {
              mesh.pass(TestMesh.MS / 4);
              mesh.applied(
                  Update.builder()
                      .endpoints(List.of(TestMesh.endpoints(TestMesh.REVIEWS, 3 + i % 3))));
              continue;
            }
            OutboundCall call = mesh.open(get("/"));
            Directive next = call.start();
            for (int step = 0; next.kind() == Directive.Kind.SEND; step++) {
              next =
                  (i + step) % 3 == 0
                      ? call.onResponse(response(200))
                      : call.onFailure(FailureKind.RESET, new IOException("x"));
            }
            call.close(Outcome.COMPLETED, 200, null);
          }
        });
    assertNothingHeld(mesh);
    assertThat(mesh.records).hasSize((THREADS - 1) * 3_000);
  }

  @Test
  void givesEverythingBackWhenACallIsClosedWhileItRetries() throws Exception {
    TestMesh mesh = mesh(Integer.MAX_VALUE);
    for (int i = 0; i < 5_000; i++) {
      OutboundCall call = mesh.open(get("/"));
      CyclicBarrier together = new CyclicBarrier(2);
      Future<?> closing =
          threads.submit(
              () -> {
                together.await();
                call.close(Outcome.CANCELLED, 0, null);
                return null;
              });
      together.await();
      if (call.start().kind() == Directive.Kind.SEND) {
        call.onResponse(response(503));
        call.onFailure(FailureKind.CONNECT, new IOException("x"));
      }
      closing.get();
    }
    assertNothingHeld(mesh);
    assertThat(mesh.records).hasSize(5_000);
  }

  @Test
  void countsEachTurnOnceInWeightedRoundRobin() throws Exception {
    TestMesh mesh =
        new TestMesh()
            .service(
                0,
                upstream -> upstream.loadBalancer(Upstream.LoadBalancer.ROUND_ROBIN),
                route -> route);
    mesh.applied(
        Update.builder()
            .endpoints(
                List.of(
                    TestMesh.endpoints(TestMesh.REVIEWS, 0).toBuilder()
                        .endpoints(
                            List.of(
                                TestMesh.endpoint(1).weight(3).build(),
                                TestMesh.endpoint(2).weight(1).build()))
                        .build())));
    run(
        thread -> {
          for (int i = 0; i < 1_000; i++) {
            OutboundCall call = mesh.open(get("/"));
            call.start();
            call.close(Outcome.COMPLETED, 200, null);
          }
        });
    assertThat(mesh.engine.view().clusters().get(0).endpoints.get(0).total)
        .isBetween(THREADS * 750L - 2, THREADS * 750L + 2);
  }
}
