package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.grpc;
import static dev.weft.engine.TestRequest.post;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.ConnectionPool;
import dev.weft.model.RetryBudget;
import dev.weft.model.RetryPolicy;
import dev.weft.model.Upstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RetryTest {

  private static final long MS = TestMesh.MS;

  private static RetryPolicy.Builder on(String... tokens) {
    return RetryPolicy.builder().attempts(2).retryOn(Set.of(tokens)).explicit(true);
  }

  private static TestMesh with(RetryPolicy.Builder retries) {
    return new TestMesh().service(2, route -> route.retries(retries.build()));
  }

  private static boolean retries(
      RetryPolicy.Builder policy, TestRequest request, OutboundResponse response) {
    OutboundCall call = with(policy).open(request);
    call.start();
    return call.onResponse(response).kind() == Directive.Kind.SEND;
  }

  private static boolean retries(RetryPolicy.Builder policy, OutboundResponse response) {
    return retries(policy, get("/"), response);
  }

  private static boolean retries(RetryPolicy.Builder policy, FailureKind kind) {
    return retries(policy, get("/"), kind);
  }

  private static boolean retries(
      RetryPolicy.Builder policy, TestRequest request, FailureKind kind) {
    OutboundCall call = with(policy).open(request);
    call.start();
    return call.onFailure(kind, new IOException("x")).kind() == Directive.Kind.SEND;
  }

  // ---- conditions

  @Test
  void takes5xxForAllServerErrorsAndAllFailures() {
    assertThat(retries(on("5xx"), response(500))).isTrue();
    assertThat(retries(on("5xx"), response(599))).isTrue();
    assertThat(retries(on("5xx"), response(404))).isFalse();
    assertThat(retries(on("5xx"), response(200))).isFalse();
    for (FailureKind kind : FailureKind.values()) {
      assertThat(retries(on("5xx"), kind)).as(kind.name()).isTrue();
    }
  }

  @Test
  void takesGatewayErrorFor502To504AndAllFailures() {
    for (int status : new int[] {502, 503, 504}) {
      assertThat(retries(on("gateway-error"), response(status))).isTrue();
    }
    assertThat(retries(on("gateway-error"), response(500))).isFalse();
    assertThat(retries(on("gateway-error"), response(505))).isFalse();
    for (FailureKind kind : FailureKind.values()) {
      assertThat(retries(on("gateway-error"), kind)).as(kind.name()).isTrue();
    }
  }

  @Test
  void takesResetForEveryMissingResponse() {
    for (FailureKind kind : FailureKind.values()) {
      assertThat(retries(on("reset"), kind)).as(kind.name()).isTrue();
    }
    assertThat(retries(on("reset"), response(503))).isFalse();
  }

  @Test
  void takesResetBeforeRequestOnlyBeforeTheRequest() {
    assertThat(retries(on("reset-before-request"), FailureKind.RESET_BEFORE_REQUEST)).isTrue();
    assertThat(retries(on("reset-before-request"), FailureKind.CONNECT)).isTrue();
    assertThat(retries(on("reset-before-request"), FailureKind.RESET)).isFalse();
    assertThat(retries(on("reset-before-request"), FailureKind.TIMEOUT)).isFalse();
  }

  @Test
  void takesConnectFailureAndRefusedStreamByName() {
    assertThat(retries(on("connect-failure"), FailureKind.CONNECT)).isTrue();
    assertThat(retries(on("connect-failure"), FailureKind.RESET)).isFalse();
    assertThat(retries(on("connect-failure"), FailureKind.TIMEOUT)).isFalse();
    assertThat(retries(on("connect-failure"), response(503))).isFalse();
    assertThat(retries(on("refused-stream"), FailureKind.REFUSED_STREAM)).isTrue();
    assertThat(retries(on("refused-stream"), FailureKind.CONNECT)).isFalse();
  }

  @Test
  void takesRetriable4xxFor409Only() {
    assertThat(retries(on("retriable-4xx"), response(409))).isTrue();
    assertThat(retries(on("retriable-4xx"), response(429))).isFalse();
  }

  @Test
  void takesStatusCodesOfResponsesAndNotOfFailures() {
    RetryPolicy.Builder policy = on("retriable-status-codes").statusCodes(Set.of(418, 504));
    assertThat(retries(policy, response(418))).isTrue();
    assertThat(retries(policy, response(503))).isFalse();
    assertThat(retries(policy, FailureKind.TIMEOUT)).isFalse();
    assertThat(retries(policy, FailureKind.CONNECT)).isFalse();
  }

  @Test
  void letsTheRateLimitHeaderDecideAlone() {
    OutboundResponse limited = response(429, "x-envoy-ratelimited", "true");
    assertThat(retries(on("envoy-ratelimited"), limited)).isTrue();
    assertThat(retries(on("5xx"), response(503, "x-envoy-ratelimited", "true"))).isFalse();
    assertThat(retries(on("envoy-ratelimited"), response(429))).isFalse();
  }

  @Test
  void readsGrpcStatusFromTheHeaders() {
    String[] tokens = {
      "cancelled", "deadline-exceeded", "resource-exhausted", "internal", "unavailable"
    };
    String[] codes = {"1", "4", "8", "13", "14"};
    for (int token = 0; token < tokens.length; token++) {
      for (int code = 0; code < codes.length; code++) {
        assertThat(retries(on(tokens[token]), grpc("/"), response(200, "grpc-status", codes[code])))
            .as(tokens[token] + " " + codes[code])
            .isEqualTo(token == code);
      }
    }
    assertThat(retries(on("unavailable"), grpc("/"), response(200, "grpc-status", "0"))).isFalse();
    assertThat(retries(on("unavailable"), grpc("/"), response(200))).isFalse();
  }

  @Test
  void takesAnAnswerThatIsNotGrpcForTheStatusThatItMeans() {
    for (int status : new int[] {429, 502, 503, 504}) {
      assertThat(retries(on("unavailable"), grpc("/"), response(status))).as("%d", status).isTrue();
      assertThat(retries(on("unavailable"), post("/"), response(status)))
          .as("%d", status)
          .isFalse();
    }
    assertThat(retries(on("internal"), grpc("/"), response(400))).isTrue();
    assertThat(retries(on("unavailable"), grpc("/"), response(404))).isFalse();
    assertThat(retries(on("gateway-error"), grpc("/"), response(502))).isTrue();
    assertThat(retries(on("gateway-error"), grpc("/"), response(429))).isFalse();
    assertThat(retries(on("5xx"), grpc("/"), response(500))).isTrue();
    assertThat(retries(on("unavailable"), grpc("/"), response(503, "grpc-status", "5"))).isFalse();
  }

  @Test
  void neverRetriesWithoutAPolicyOrWithZeroAttempts() {
    OutboundCall call = new TestMesh().service(2).open(get("/"));
    call.start();
    assertThat(call.onFailure(FailureKind.CONNECT, new ConnectException()).kind())
        .isEqualTo(Directive.Kind.DELIVER);
    assertThat(retries(on("5xx").attempts(0), response(503))).isFalse();
  }

  // ---- idempotency

  @Test
  void repeatsANonIdempotentMethodOnlyWhereThePolicySaysSo() {
    assertThat(retries(on("5xx").explicit(false), post("/"), response(503))).isFalse();
    assertThat(retries(on("5xx").explicit(false), post("/"), FailureKind.RESET)).isFalse();
    assertThat(retries(on("5xx").explicit(false), post("/"), FailureKind.TIMEOUT)).isFalse();
    assertThat(retries(on("5xx").explicit(false), post("/").method("PATCH"), response(503)))
        .isFalse();
    assertThat(retries(on("5xx").explicit(true), post("/"), response(503))).isTrue();
    assertThat(retries(on("5xx").explicit(true), post("/"), FailureKind.RESET)).isTrue();
  }

  @Test
  void repeatsAnIdempotentMethodWithoutBeingTold() {
    for (String method : List.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")) {
      assertThat(retries(on("5xx").explicit(false), get("/").method(method), response(503)))
          .as(method)
          .isTrue();
    }
  }

  @Test
  void repeatsAnythingThatTheUpstreamCannotHaveSeen() {
    for (FailureKind kind :
        List.of(
            FailureKind.CONNECT, FailureKind.REFUSED_STREAM, FailureKind.RESET_BEFORE_REQUEST)) {
      assertThat(retries(on("5xx").explicit(false), post("/"), kind)).as(kind.name()).isTrue();
    }
  }

  @Test
  void asksWhetherTheBodyCanBeSentAgainOnlyWhenItMatters() {
    TestMesh mesh = with(on("5xx"));
    TestRequest fine = get("/");
    OutboundCall call = mesh.open(fine);
    call.start();
    call.onResponse(response(200));
    assertThat(fine.replayableAsked).isZero();
    TestRequest once = get("/").once();
    OutboundCall second = mesh.open(once);
    second.start();
    assertThat(second.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.DELIVER);
    assertThat(once.replayableAsked).isEqualTo(1);
    second.close(Outcome.COMPLETED, 503, null);
    assertThat(mesh.taken().flags).isEqualTo("-");
  }

  // ---- how often, when, where

  @Test
  void deliversTheLastResultWhenAttemptsAreUsedUp() {
    TestMesh mesh = with(on("5xx"));
    OutboundCall call = mesh.open(get("/"));
    Directive directive = call.start();
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(directive.attempt().number()).isEqualTo(attempt);
      assertThat(Headers.of(directive.attempt().requestHeaders()).set)
          .containsEntry("x-envoy-attempt-count", String.valueOf(attempt));
      directive = call.onResponse(response(500 + attempt));
    }
    assertThat(directive.kind()).isEqualTo(Directive.Kind.DELIVER);
    call.close(Outcome.COMPLETED, 503, null);
    CallRecord record = mesh.taken();
    assertThat(record.flags).isEqualTo("URX");
    assertThat(record.attempts).isEqualTo(3);
  }

  @Test
  void deliversTheLibrarysFailureWithBothFlags() {
    TestMesh mesh = with(on("connect-failure").attempts(1));
    OutboundCall call = mesh.open(get("/"));
    call.start();
    ConnectException refused = new ConnectException("refused");
    assertThat(call.onFailure(FailureKind.CONNECT, refused).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(call.onFailure(FailureKind.CONNECT, refused).kind())
        .isEqualTo(Directive.Kind.DELIVER);
    call.close(Outcome.FAILED, 0, refused);
    assertThat(mesh.taken().flags).isEqualTo("UF,URX");
  }

  @Test
  void flagsFailuresByTheirKind() {
    TestMesh mesh = new TestMesh().service(1);
    FailureKind[] kinds = {FailureKind.CONNECT, FailureKind.RESET, FailureKind.REFUSED_STREAM};
    String[] flags = {"UF", "UC", "UR"};
    for (int i = 0; i < kinds.length; i++) {
      OutboundCall call = mesh.open(get("/"));
      call.start();
      IOException failure = new IOException("x");
      assertThat(call.onFailure(kinds[i], failure).kind()).isEqualTo(Directive.Kind.DELIVER);
      call.close(Outcome.FAILED, 0, failure);
      assertThat(mesh.taken().flags).isEqualTo(flags[i]);
    }
  }

  @Test
  void forgetsTheFlagsOfAttemptsThatWereFollowedByASuccess() {
    TestMesh mesh = with(on("5xx"));
    OutboundCall call = mesh.open(get("/"));
    call.start();
    call.onFailure(FailureKind.RESET, new IOException("x"));
    call.onResponse(response(200));
    call.close(Outcome.COMPLETED, 200, null);
    CallRecord record = mesh.taken();
    assertThat(record.flags).isEqualTo("-");
    assertThat(record.attempts).isEqualTo(2);
  }

  @Test
  void backsOffWithFullJitterUpToTenTimesTheBase() {
    long[] bounds = {25 * MS, 75 * MS, 175 * MS, 250 * MS, 250 * MS};
    // One endpoint: picking it draws nothing.
    TestMesh mesh =
        new TestMesh().service(1, route -> route.retries(on("5xx").attempts(5).build()));
    for (int pass = 0; pass < 2; pass++) {
      OutboundCall call = mesh.open(get("/"));
      call.start();
      for (long bound : bounds) {
        long drawn = pass == 0 ? 0 : bound - 1;
        mesh.draws.add(drawn);
        assertThat(call.onResponse(response(503)).delayNanos()).isEqualTo(drawn);
        assertThat(mesh.lastBound).isEqualTo(bound);
      }
    }
  }

  @Test
  void avoidsHostsThatWereTried() {
    TestMesh mesh =
        new TestMesh()
            .service(
                3,
                upstream -> upstream.loadBalancer(Upstream.LoadBalancer.RANDOM),
                route -> route.retries(on("5xx").attempts(2).build()));
    for (int i = 0; i < 50; i++) {
      OutboundCall call = mesh.open(get("/"));
      List<String> addresses = new ArrayList<>();
      addresses.add(address(call.start()));
      addresses.add(address(call.onResponse(response(503))));
      assertThat(addresses).doesNotHaveDuplicates();
      call.close(Outcome.CANCELLED, 0, null);
    }
  }

  @Test
  void triesTheSameHostWhereThereIsNoOther() {
    OutboundCall call =
        new TestMesh().service(1, route -> route.retries(on("5xx").build())).open(get("/"));
    String first = address(call.start());
    assertThat(address(call.onResponse(response(503)))).isEqualTo(first);
  }

  private static String address(Directive directive) {
    return String.valueOf(directive.attempt().endpoint().address().getHostAddress());
  }

  // ---- limits of retries

  @Test
  void boundsConcurrentRetries() {
    TestMesh mesh =
        new TestMesh()
            .service(
                2,
                upstream -> upstream.connectionPool(ConnectionPool.builder().maxRetries(1).build()),
                route -> route.retries(on("5xx").build()));
    OutboundCall first = mesh.open(get("/"));
    first.start();
    assertThat(first.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
    OutboundCall second = mesh.open(get("/"));
    second.start();
    assertThat(second.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.DELIVER);
    second.close(Outcome.COMPLETED, 503, null);
    assertThat(mesh.taken().flags).isEqualTo("UO");
    first.close(Outcome.CANCELLED, 0, null);
    mesh.taken();
    OutboundCall third = mesh.open(get("/"));
    third.start();
    assertThat(third.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(third.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(mesh.engine.view().clusters().get(0).retryOverflows).isEqualTo(1);
  }

  @Test
  void boundsRetriesByTheBudget() {
    TestMesh mesh =
        new TestMesh()
            .service(
                2,
                upstream ->
                    upstream
                        .connectionPool(ConnectionPool.builder().maxRetries(0).build())
                        .retryBudget(RetryBudget.builder().percent(20).minConcurrency(1).build()),
                route -> route.retries(on("5xx").build()));
    List<OutboundCall> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      OutboundCall call = mesh.open(get("/"));
      call.start();
      calls.add(call);
    }
    int admitted = 0;
    for (OutboundCall call : calls) {
      admitted += call.onResponse(response(503)).kind() == Directive.Kind.SEND ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(2);
    for (OutboundCall call : calls) {
      call.close(Outcome.CANCELLED, 0, null);
    }
    OutboundCall alone = mesh.open(get("/"));
    alone.start();
    assertThat(alone.onResponse(response(503)).kind()).isEqualTo(Directive.Kind.SEND);
  }
}
