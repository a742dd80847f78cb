package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.OutlierDetection;
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
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class OutlierTest {

  private static final long SECOND = TestMesh.SECOND;
  private static final String BAD = "10.0.0.1";

  private static OutlierDetection.Builder detection() {
    return OutlierDetection.builder().consecutive5xx(3);
  }

  private static TestMesh with(int endpoints, OutlierDetection.Builder detection) {
    return new TestMesh()
        .service(
            endpoints,
            upstream ->
                upstream
                    .loadBalancer(Upstream.LoadBalancer.ROUND_ROBIN)
                    .outlierDetection(detection.build()),
            route -> route);
  }

  private static String address(Directive directive) {
    return String.valueOf(directive.attempt().endpoint().address().getHostAddress());
  }

  /** One request that lands on {@code address}, answered with {@code status}; 0 is no answer. */
  private static void answer(TestMesh mesh, String address, int status) {
    result(mesh, address, status, FailureKind.CONNECT);
  }

  private static void result(TestMesh mesh, String address, int status, FailureKind kind) {
    for (int i = 0; i < 100; i++) {
      OutboundCall call = mesh.open(get("/"));
      boolean there = address(call.start()).equals(address);
      if (there && status == 0) {
        call.onFailure(kind, new IOException("x"));
        call.close(Outcome.FAILED, 0, null);
      } else {
        if (there) {
          call.onResponse(response(status));
        }
        call.close(Outcome.COMPLETED, there ? status : 200, null);
      }
      if (there) {
        return;
      }
    }
    throw new AssertionError(address + " was never picked");
  }

  private static void fail(TestMesh mesh, String address, int times) {
    for (int i = 0; i < times; i++) {
      answer(mesh, address, 500);
    }
  }

  /** Who is picked over a good while. */
  private static Set<String> picked(TestMesh mesh) {
    Set<String> picked = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      OutboundCall call = mesh.open(get("/"));
      Directive directive = call.start();
      if (directive.kind() == Directive.Kind.SEND) {
        picked.add(address(directive));
      }
      call.close(Outcome.CANCELLED, 0, null);
    }
    return picked;
  }

  @Test
  void ejectsAfterServerErrorsInARowEvenOneOfTwo() {
    TestMesh mesh = with(2, detection());
    fail(mesh, BAD, 2);
    assertThat(picked(mesh)).contains(BAD);
    fail(mesh, BAD, 1);
    assertThat(picked(mesh)).containsExactly("10.0.0.2");
  }

  @Test
  void startsToCountAnewAfterASuccess() {
    TestMesh mesh = with(2, detection());
    fail(mesh, BAD, 2);
    answer(mesh, BAD, 200);
    fail(mesh, BAD, 2);
    answer(mesh, BAD, 404);
    fail(mesh, BAD, 2);
    assertThat(picked(mesh)).contains(BAD);
  }

  @Test
  void countsFailuresWithoutResponseAsServerErrors() {
    for (FailureKind kind : FailureKind.values()) {
      TestMesh mesh = with(2, detection());
      for (int i = 0; i < 3; i++) {
        result(mesh, BAD, 0, kind);
      }
      assertThat(picked(mesh)).as(kind.name()).containsExactly("10.0.0.2");
    }
  }

  @Test
  void countsGatewayErrorsApart() {
    TestMesh mesh = with(2, detection().consecutive5xx(0).consecutiveGatewayErrors(2));
    fail(mesh, BAD, 10);
    answer(mesh, BAD, 502);
    answer(mesh, BAD, 500);
    answer(mesh, BAD, 503);
    assertThat(picked(mesh)).contains(BAD);
    answer(mesh, BAD, 504);
    assertThat(picked(mesh)).containsExactly("10.0.0.2");
  }

  @Test
  void countsFailuresOfItsOwnSideApartWhereToldTo() {
    OutlierDetection.Builder split =
        detection().splitExternalLocalOriginErrors(true).consecutiveLocalOriginFailures(2);
    TestMesh mesh = with(2, split);
    fail(mesh, BAD, 2);
    answer(mesh, BAD, 0);
    assertThat(picked(mesh)).contains(BAD);
    answer(mesh, BAD, 0);
    assertThat(picked(mesh)).containsExactly("10.0.0.2");

    TestMesh connected = with(2, split);
    answer(connected, BAD, 0);
    answer(connected, BAD, 200);
    answer(connected, BAD, 0);
    assertThat(picked(connected)).contains(BAD);
  }

  @Test
  void countsBodiesThatBrokeOff() {
    TestMesh mesh = with(2, detection().consecutive5xx(1));
    OutboundCall call = mesh.open(get("/"));
    String bad = address(call.start());
    call.onResponse(response(200));
    call.close(Outcome.FAILED, 200, new IOException("broke off"));
    assertThat(mesh.taken().flags).isEqualTo("UC");
    assertThat(picked(mesh)).hasSize(1).doesNotContain(bad);
  }

  @Test
  void forgivesTheCallersCancellation() {
    TestMesh mesh = with(2, detection().consecutive5xx(1));
    OutboundCall call = mesh.open(get("/"));
    call.start();
    call.close(Outcome.CANCELLED, 0, null);
    assertThat(mesh.taken().flags).isEqualTo("DC");
    assertThat(picked(mesh)).hasSize(2);
  }

  @Test
  void letsAHostReturnAtTheFirstSweepAfterItsTime() {
    TestMesh mesh = with(2, detection().baseEjectionNanos(25 * SECOND));
    picked(mesh);
    fail(mesh, BAD, 3);
    mesh.pass(29 * SECOND);
    assertThat(picked(mesh)).containsExactly("10.0.0.2");
    mesh.pass(SECOND);
    assertThat(picked(mesh)).contains(BAD);
  }

  @Test
  void ejectsLongerEachTimeAndForgetsSlowly() {
    TestMesh mesh = with(2, detection().baseEjectionNanos(30 * SECOND));
    picked(mesh);
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(30 * SECOND);
    mesh.pass(30 * SECOND);
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(60 * SECOND);
    mesh.pass(60 * SECOND);
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(90 * SECOND);
    // Returns at the ninth sweep; two healthy intervals take two off the three.
    mesh.pass(110 * SECOND);
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(60 * SECOND);
  }

  @Test
  void ejectsForFiveMinutesAtMost() {
    TestMesh mesh = with(2, detection().baseEjectionNanos(200 * SECOND));
    picked(mesh);
    for (int i = 0; i < 3; i++) {
      fail(mesh, BAD, 3);
      mesh.pass(i == 0 ? 200 * SECOND : 300 * SECOND);
    }
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(300 * SECOND);
  }

  private static long ejectedFor(TestMesh mesh) {
    for (EngineView.Member member : mesh.engine.view().clusters().get(0).endpoints) {
      if (member.endpoint.address().equals(BAD)) {
        assertThat(member.ejected).isTrue();
        return member.ejectedForNanos;
      }
    }
    throw new AssertionError("no " + BAD);
  }

  @Test
  void forgetsInAsManyHealthyIntervalsAsTheLongestEjectionHasSteps() {
    TestMesh mesh = with(2, detection().baseEjectionNanos(200 * SECOND));
    picked(mesh);
    for (int i = 0; i < 8; i++) {
      fail(mesh, BAD, 3);
      mesh.pass(i == 0 ? 200 * SECOND : 300 * SECOND);
    }
    mesh.pass(30 * SECOND);
    fail(mesh, BAD, 3);
    assertThat(ejectedFor(mesh)).isEqualTo(200 * SECOND);
  }

  @Test
  void countsAnewAfterAnEjectionThatWasNotAllowed() {
    TestMesh mesh = with(4, detection().baseEjectionNanos(10 * SECOND));
    picked(mesh);
    fail(mesh, "10.0.0.1", 3);
    fail(mesh, "10.0.0.2", 3);
    mesh.pass(10 * SECOND);
    assertThat(picked(mesh)).hasSize(4);
    fail(mesh, "10.0.0.2", 1);
    assertThat(picked(mesh)).hasSize(4);
    fail(mesh, "10.0.0.2", 2);
    assertThat(picked(mesh)).hasSize(3);
  }

  @Test
  void countsAnewAfterAReturnWhateverEndedMeanwhile() {
    TestMesh mesh = with(2, detection().baseEjectionNanos(10 * SECOND));
    List<OutboundCall> open = new ArrayList<>();
    while (open.size() < 5) {
      OutboundCall call = mesh.open(get("/"));
      if (address(call.start()).equals(BAD)) {
        open.add(call);
      }
    }
    for (OutboundCall call : open) {
      call.onResponse(response(500));
      call.close(Outcome.COMPLETED, 500, null);
    }
    mesh.pass(20 * SECOND);
    fail(mesh, BAD, 1);
    assertThat(picked(mesh)).hasSize(2);
  }

  @Test
  void ejectsNoMoreThanThePercentageAllows() {
    TestMesh mesh = with(4, detection().maxEjectionPercent(50));
    fail(mesh, "10.0.0.1", 3);
    fail(mesh, "10.0.0.2", 3);
    fail(mesh, "10.0.0.3", 3);
    assertThat(picked(mesh)).containsExactly("10.0.0.3", "10.0.0.4");
  }

  @Test
  void ejectsOneButNotTwoOfAFewAtTenPercent() {
    TestMesh mesh = with(4, detection().maxEjectionPercent(10));
    fail(mesh, "10.0.0.1", 3);
    fail(mesh, "10.0.0.2", 3);
    assertThat(picked(mesh)).containsExactly("10.0.0.2", "10.0.0.3", "10.0.0.4");
  }

  @Test
  void keepsTheOnlyEndpoint() {
    TestMesh mesh = with(1, detection().maxEjectionPercent(10));
    fail(mesh, BAD, 10);
    assertThat(picked(mesh)).containsExactly(BAD);
  }

  @Test
  void answers503WhenAllAreEjected() {
    TestMesh mesh = with(2, detection().maxEjectionPercent(100));
    fail(mesh, "10.0.0.1", 3);
    fail(mesh, "10.0.0.2", 3);
    assertThat(mesh.start(get("/")).reply().flag()).isEqualTo("UH");
  }

  @Test
  void ignoresEjectionsWhenTooFewAreHealthy() {
    TestMesh mesh = with(4, detection().maxEjectionPercent(100).minHealthPercent(50));
    fail(mesh, "10.0.0.1", 3);
    fail(mesh, "10.0.0.2", 3);
    assertThat(picked(mesh)).hasSize(2);
    fail(mesh, "10.0.0.3", 3);
    assertThat(picked(mesh)).hasSize(4);
  }

  @Test
  void keepsEjectionsWhenOtherPolicyChanges() {
    TestMesh mesh = with(2, detection());
    fail(mesh, BAD, 3);
    mesh.applied(Update.builder().endpoints(List.of(TestMesh.endpoints(TestMesh.REVIEWS, 3))));
    assertThat(picked(mesh)).containsExactly("10.0.0.2", "10.0.0.3");
    Upstream.Builder upstream =
        TestMesh.upstream(TestMesh.REVIEWS)
            .loadBalancer(Upstream.LoadBalancer.RANDOM)
            .outlierDetection(detection().build());
    mesh.applied(Update.builder().upstreams(List.of(upstream.build())));
    assertThat(picked(mesh)).containsExactly("10.0.0.2", "10.0.0.3");
  }

  @Test
  void letsEverybodyReturnWhenDetectionIsSwitchedOff() {
    TestMesh mesh = with(2, detection());
    fail(mesh, BAD, 3);
    mesh.applied(Update.builder().upstreams(List.of(TestMesh.upstream(TestMesh.REVIEWS).build())));
    assertThat(picked(mesh)).hasSize(2);
  }

  @Test
  void neverEjectsWithoutDetection() {
    TestMesh mesh = new TestMesh().service(2);
    fail(mesh, BAD, 50);
    assertThat(picked(mesh)).hasSize(2);
  }
}
