package dev.weft.extauthz;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.engine.CallRecord;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.Update;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CUSTOM policies, by the engine with an authorizer that is really asked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CustomPolicyTest {

  private final BlockingQueue<CallRecord> records = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> questions = new LinkedBlockingQueue<>();
  private final Engine engine =
      new Engine(
          new Workload("web", "shop", "web-1", "web", "v7", Map.of(), ""),
          Ticker.SYSTEM,
          bound -> 0,
          records::add,
          HostDirectory.NONE,
          EngineSettings.DEFAULTS.authorization(new HttpAuthorization()));
  private @Nullable HttpServer server;
  private String url = "";

  @BeforeEach
  void startAuthorizer() throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    made.createContext("/", this::judge);
    made.start();
    server = made;
    url = "http://127.0.0.1:" + made.getAddress().getPort();
  }

  @AfterEach
  void stopAuthorizer() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void judge(HttpExchange exchange) throws IOException {
    questions.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " auth="
            + exchange.getRequestHeaders().getFirst("authorization")
            + " x-a="
            + exchange.getRequestHeaders().getFirst("x-a")
            + " x-secret="
            + exchange.getRequestHeaders().getFirst("x-secret")
            + " x-extra="
            + exchange.getRequestHeaders().getFirst("x-extra")
            + " host="
            + exchange.getRequestHeaders().getFirst("x-forwarded-host")
            + " method="
            + exchange.getRequestHeaders().getFirst("x-http-method-override"));
    exchange.getResponseHeaders().add("X-User", "ann");
    exchange.getResponseHeaders().add("X-Internal", "i");
    exchange.getResponseHeaders().add("Set-Cookie", "a=1");
    exchange.getResponseHeaders().add("Set-Cookie", "b=2");
    String path = exchange.getRequestURI().getPath();
    int status = path.contains("/deny") ? 401 : path.contains("/broken") ? 500 : 200;
    byte[] body = "who are you?".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(
        status, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private ExternalAuthorizer.Builder authorizer() {
    return ExternalAuthorizer.builder()
        .name("authz")
        .url(url)
        .pathPrefix("/check")
        .timeoutNanos(TimeUnit.SECONDS.toNanos(20))
        .includeRequestHeadersInCheck(List.of("X-A"))
        .includeAdditionalHeadersInCheck(Map.of("X-Extra", "more"))
        .headersToUpstreamOnAllow(List.of("x-user"))
        .headersToDownstreamOnDeny(List.of("set-*"));
  }

  private void apply(ExternalAuthorizer.Builder authorizer, AuthorizationPolicy... more) {
    List<AuthorizationPolicy> policies = new ArrayList<>(List.of(more));
    policies.add(
        AuthorizationPolicy.builder()
            .source("shop/custom")
            .action(AuthorizationPolicy.Action.CUSTOM)
            .provider("authz")
            .rules(
                List.of(
                    AuthorizationRule.builder()
                        .to(List.of(OperationMatch.builder().notPaths(List.of("/free")).build()))
                        .build()))
            .build());
    assertThat(
            engine.apply(
                Update.builder()
                    .inboundPolicy(
                        InboundPolicy.builder()
                            .trustDomain("cluster.local")
                            .authorizationPolicies(policies)
                            .externalAuthorizers(List.of(authorizer.build()))
                            .build())
                    .build()))
        .isEmpty();
  }

  private static final class Request extends InboundRequest {
    private final String method;
    private final String path;
    private final Map<String, String> headers = new TreeMap<>();

    Request(String method, String path, String... headers) {
      this.method = method;
      this.path = path;
      // One without is given one.
      this.headers.put("x-request-id", "1");
      for (int i = 0; i < headers.length; i += 2) {
        this.headers.put(headers[i], headers[i + 1]);
      }
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return "web:80";
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }

    @Override
    public Collection<String> headerNames() {
      return headers.keySet();
    }

    @Override
    public @Nullable InetSocketAddress peerAddress() {
      return null;
    }

    @Override
    public int localPort() {
      return 80;
    }
  }

  private InboundCall decided(String method, String path, String... headers) throws Exception {
    InboundCall call = engine.open(new Request(method, path, headers));
    if (call.pending() != null) {
      call.pending().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    return call;
  }

  private static List<String> lines(HeaderMutations headers) {
    List<String> lines = new ArrayList<>();
    headers.apply(
        name -> lines.add("-" + name),
        (name, value) -> lines.add(name + ": " + value),
        (name, value) -> lines.add("+" + name + ": " + value));
    return lines;
  }

  private static int status(InboundCall call) {
    LocalReply reply = call.reply();
    return reply == null ? 200 : reply.status();
  }

  @Test
  void asksWhatThePolicySelectsAndGivesTheAnswersHeadersToTheApplication() throws Exception {
    apply(authorizer());
    InboundCall call =
        decided("GET", "/a?b=c", "authorization", "Basic x", "x-a", "1", "x-secret", "s");
    assertThat(status(call)).isEqualTo(200);
    assertThat(lines(call.requestHeaders())).containsExactly("x-user: ann");
    assertThat(questions.take())
        .isEqualTo(
            "GET /check/a?b=c auth=Basic x x-a=1 x-secret=null x-extra=more host=web:80 method=null");
    assertThat(status(decided("GET", "/free"))).isEqualTo(200);
    assertThat(questions).isEmpty();
  }

  @Test
  void givesTheAuthorizersAnswerToTheCaller() throws Exception {
    apply(authorizer());
    InboundCall call = decided("POST", "/deny");
    LocalReply reply = requireNonNull(call.reply());
    assertThat(reply.status()).isEqualTo(401);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("who are you?");
    assertThat(lines(reply.headers())).containsExactly("+set-cookie: a=1", "+set-cookie: b=2");
    call.close(Outcome.COMPLETED, 401);
    CallRecord record = records.take();
    assertThat(record.flags).isEqualTo("UAEX");
    assertThat(record.details).isEqualTo("ext_authz_denied");
    apply(authorizer().headersToDownstreamOnDeny(List.of()));
    LocalReply all = requireNonNull(decided("GET", "/deny").reply());
    assertThat(lines(all.headers())).contains("+x-user: ann", "+x-internal: i");
    assertThat(all.headers().toString()).doesNotContain("content-length");
  }

  @Test
  void answersGrpcWithUnauthenticated() throws Exception {
    apply(authorizer());
    LocalReply reply =
        requireNonNull(decided("POST", "/deny", "content-type", "application/grpc").reply());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().toString()).contains("grpc-status, 16");
  }

  @Test
  void refusesWhereItCannotAskUnlessToldOtherwise() throws Exception {
    apply(authorizer());
    assertThat(status(decided("GET", "/broken"))).isEqualTo(403);
    apply(authorizer().statusOnError(503));
    InboundCall call = decided("GET", "/broken");
    assertThat(status(call)).isEqualTo(503);
    call.close(Outcome.COMPLETED, 503);
    assertThat(records.take().details).isEqualTo("ext_authz_error");
    apply(authorizer().failOpen(true));
    assertThat(status(decided("GET", "/broken"))).isEqualTo(200);
    int unused;
    try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = reserved.getLocalPort();
    }
    apply(authorizer().url("http://127.0.0.1:" + unused));
    assertThat(status(decided("GET", "/"))).isEqualTo(403);
    apply(authorizer().url("nonsense"));
    assertThat(status(decided("GET", "/"))).isEqualTo(403);
  }

  @Test
  void givesUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      apply(
          authorizer()
              .url("http://127.0.0.1:" + silent.getLocalPort())
              .timeoutNanos(TimeUnit.MILLISECONDS.toNanos(200)));
      assertThat(status(decided("GET", "/"))).isEqualTo(403);
    }
  }

  @Test
  void asksAboutMethodsThatTheClientDoesNotKnow() throws Exception {
    apply(authorizer());
    for (String method : List.of("PATCH", "PROPFIND")) {
      assertThat(status(decided(method, "/a"))).isEqualTo(200);
      assertThat(questions.take()).startsWith("POST /check/a").endsWith("method=" + method);
    }
    for (String method : List.of("HEAD", "PUT", "DELETE", "OPTIONS")) {
      assertThat(status(decided(method, "/a"))).as(method).isEqualTo(200);
      assertThat(questions.take()).startsWith(method + " /check/a");
    }
  }

  @Test
  void asksNobodyAboutWhatIsDeniedAnyway() throws Exception {
    AuthorizationPolicy deny =
        AuthorizationPolicy.builder()
            .source("shop/deny")
            .action(AuthorizationPolicy.Action.DENY)
            .rules(List.of(AuthorizationRule.builder().build()))
            .build();
    apply(authorizer(), deny);
    assertThat(status(decided("GET", "/a"))).isEqualTo(403);
    assertThat(questions).isEmpty();
  }

  @Test
  void answersManyAtOnce() throws Exception {
    apply(authorizer());
    List<InboundCall> calls = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      calls.add(engine.open(new Request("GET", i % 2 == 0 ? "/a" : "/deny")));
    }
    for (int i = 0; i < calls.size(); i++) {
      InboundCall call = calls.get(i);
      requireNonNull(call.pending()).toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(status(call)).isEqualTo(i % 2 == 0 ? 200 : 401);
    }
  }
}
