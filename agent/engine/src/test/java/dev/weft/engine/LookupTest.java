package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.model.HeaderOperations;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the authority of a request to its route table, known or not. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class LookupTest {

  private final List<String> asked = new ArrayList<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  private TestMesh asking() {
    return new TestMesh(
        name -> {
          asked.add(name);
          return ready;
        });
  }

  @Test
  void findsTheTableByHostAndPortHoweverTheyAreWritten() {
    TestMesh mesh = new TestMesh().service(1);
    for (String authority :
        List.of("reviews:9080", "reviews", "REVIEWS", "reviews.", "Reviews.:1")) {
      assertThat(mesh.start(get("/").to("http", authority, 9080)).kind())
          .as(authority)
          .isEqualTo(Directive.Kind.SEND);
    }
    assertThat(mesh.start(get("/").to("http", "reviews", 80)).kind())
        .isEqualTo(Directive.Kind.PASS_THROUGH);
  }

  @Test
  void findsTablesOfIpAddresses() {
    TestMesh mesh = new TestMesh();
    RouteTable.Builder table =
        TestMesh.table().toBuilder().disposition(RouteTable.Disposition.BLOCKED);
    mesh.applied(
        Update.builder()
            .routeTables(
                List.of(
                    table.name("10.1.2.3:80").build(), table.name("[2001:db8::1]:80").build())));
    assertThat(mesh.start(get("/").to("http", "10.1.2.3", 80)).kind())
        .isEqualTo(Directive.Kind.REPLY);
    assertThat(mesh.start(get("/").to("http", "[2001:DB8::1]:80", 80)).kind())
        .isEqualTo(Directive.Kind.REPLY);
    assertThat(mesh.start(get("/").to("http", "[2001:DB8::1]", 80)).kind())
        .isEqualTo(Directive.Kind.REPLY);
  }

  @Test
  void passesTheApplicationsOwnTlsThroughAndRecordsIt() {
    TestMesh mesh = asking();
    OutboundCall call = mesh.open(get("/").to("https", "reviews:9080", 9080));
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(asked).isEmpty();
    CallRecord record = mesh.taken();
    assertThat(record.status).isEqualTo(200);
    assertThat(record.flags).isEqualTo("-");
    assertThat(record.attempts).isEqualTo(1);
  }

  @Test
  void waitsOnceForThePolicyOfANewHost() {
    TestMesh mesh = asking();
    OutboundCall call = mesh.open(get("/"));
    Directive first = call.start();
    assertThat(first.kind()).isEqualTo(Directive.Kind.AWAIT);
    assertThat(first.ready()).isSameAs(ready);
    assertThat(first.delayNanos()).isEqualTo(TestMesh.SECOND);
    assertThat(asked).containsExactly("reviews:9080");
    mesh.service(1);
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.SEND);
  }

  @Test
  void waitsLongerSoonAfterTheStart() {
    TestMesh mesh =
        new TestMesh(name -> ready, EngineSettings.DEFAULTS.patienceNanos(10 * TestMesh.SECOND));
    mesh.pass(4 * TestMesh.SECOND);
    assertThat(mesh.open(get("/")).start().delayNanos()).isEqualTo(6 * TestMesh.SECOND);
    mesh.pass(5 * TestMesh.SECOND + TestMesh.SECOND / 2);
    assertThat(mesh.open(get("/")).start().delayNanos()).isEqualTo(TestMesh.SECOND);
    mesh.pass(60 * TestMesh.SECOND);
    assertThat(mesh.open(get("/")).start().delayNanos()).isEqualTo(TestMesh.SECOND);
  }

  @Test
  void passesThroughWhenThePolicyDoesNotCome() {
    TestMesh mesh = asking();
    OutboundCall call = mesh.open(get("/"));
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.AWAIT);
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    call.close(Outcome.COMPLETED, 204, null);
    CallRecord record = mesh.taken();
    assertThat(record.status).isEqualTo(204);
    assertThat(record.upstream).isNull();
    assertThat(record.route).isEqualTo("allow_any");
  }

  @Test
  void saysWhetherANameIsTheMeshsToRoute() {
    TestMesh mesh = asking();
    CompletionStage<Boolean> answer = mesh.engine.governs("reviews", 9080);
    assertThat(answer.toCompletableFuture()).isNotDone();
    assertThat(asked).containsExactly("reviews:9080");
    mesh.service(1);
    ready.complete(null);
    assertThat(answer.toCompletableFuture()).isCompletedWithValue(true);
    assertThat(mesh.engine.governs("Reviews", 9080).toCompletableFuture())
        .isCompletedWithValue(true);
    assertThat(mesh.engine.governs("elsewhere", 80).toCompletableFuture())
        .isCompletedWithValue(false);
    assertThat(new TestMesh().engine.governs("reviews", 9080).toCompletableFuture())
        .isCompletedWithValue(false);
  }

  @Test
  void doesNotWaitWhenTheAnswerIsThereOrPointless() {
    ready.complete(null);
    assertThat(asking().start(get("/")).kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    assertThat(new TestMesh().start(get("/")).kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
  }

  @Test
  void usesATableThatArrivedWhileItAsked() {
    TestMesh[] holder = new TestMesh[1];
    TestMesh mesh =
        new TestMesh(
            name -> {
              holder[0].service(1);
              return null;
            });
    holder[0] = mesh;
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.SEND);
  }

  @Test
  void followsTheDispositionOfATable() {
    TestMesh mesh = new TestMesh();
    RouteTable pass =
        TestMesh.table().toBuilder().disposition(RouteTable.Disposition.PASS_THROUGH).build();
    mesh.applied(Update.builder().routeTables(List.of(pass)));
    assertThat(mesh.start(get("/")).kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    RouteTable blocked = pass.toBuilder().disposition(RouteTable.Disposition.BLOCKED).build();
    mesh.applied(Update.builder().routeTables(List.of(blocked)));
    assertThat(mesh.start(get("/")).reply().status()).isEqualTo(502);
  }

  @Test
  void recordsFailuresOfWhatPassedThrough() {
    TestMesh mesh = new TestMesh();
    OutboundCall refused = mesh.open(get("/"));
    refused.start();
    refused.close(Outcome.FAILED, 0, new ConnectException("refused"));
    assertThat(mesh.taken().flags).isEqualTo("UF");
    OutboundCall broken = mesh.open(get("/"));
    broken.start();
    broken.close(Outcome.FAILED, 0, new IOException("reset"));
    assertThat(mesh.taken().flags).isEqualTo("UC");
  }

  @Test
  void leavesRequestsAloneThatAnOuterLayerDecided() {
    TestMesh mesh = asking();
    OutboundCall call =
        mesh.open(get("/").to("http", "reviews.default.svc.cluster.local.9080-plain.weft:80", 80));
    assertThat(call.start().kind()).isEqualTo(Directive.Kind.PASS_THROUGH);
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(asked).isEmpty();
    assertThat(mesh.records).isEmpty();
  }

  @Test
  void givesEverythingBackAfterAViewFailed() {
    TestMesh mesh =
        new TestMesh()
            .service(
                1,
                route ->
                    route.requestHeaders(
                        HeaderOperations.builder()
                            .set(Map.of("x-copy", "%REQ(x-broken)%"))
                            .build()));
    OutboundCall call = mesh.open(get("/").failingOn("x-broken"));
    // The driver catches it, passes the request through and closes the call.
    assertThatThrownBy(call::start).hasMessage("this view is broken");
    call.close(Outcome.COMPLETED, 200, null);
    assertThat(mesh.engine.view().clusters().get(0).active).isZero();
    assertThat(mesh.taken().status).isEqualTo(200);
  }
}
