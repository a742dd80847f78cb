package dev.weft.jwt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy;
import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import dev.weft.model.SourceMatch;
import dev.weft.model.Update;
import dev.weft.outbound.LocalReply;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RequestAuthentication, by the engine with real keys. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TokenPolicyTest {

  private static final long NOW = 1_700_000_000;
  private static final String ISSUER = "https://issuer.example";

  private static final List<Signer> ISSUERS = new ArrayList<>();

  private long now = NOW;
  private final Engine engine =
      new Engine(
          new Workload("web", "shop", "web-1", "web", "v7", Map.of(), ""),
          new Ticker() {
            @Override
            public long nanos() {
              return 0;
            }

            @Override
            public long epochSeconds() {
              return now;
            }
          },
          bound -> 0,
          record -> {},
          HostDirectory.NONE,
          EngineSettings.DEFAULTS.tokens(new JwtVerifier()));

  @BeforeAll
  static void makeKeys() throws Exception {
    ISSUERS.add(Signer.of("ES256", "k1"));
    ISSUERS.add(Signer.of("ES256", "k1"));
  }

  private static Signer issuer() {
    return ISSUERS.get(0);
  }

  /** Another one, with a key of the same name. */
  private static Signer other() {
    return ISSUERS.get(1);
  }

  private static String token(Signer signer, String rest) throws Exception {
    return signer.token("{\"iss\":\"" + ISSUER + "\",\"sub\":\"ann\"" + rest + "}");
  }

  private static String good() throws Exception {
    return token(issuer(), "");
  }

  private static JwtRule.Builder rule() {
    return JwtRule.builder().source("shop/jwt").issuer(ISSUER).jwks(issuer().jwks());
  }

  private void apply(JwtRule.Builder... rules) {
    apply(List.of(), rules);
  }

  private void apply(List<AuthorizationPolicy> policies, JwtRule.Builder... rules) {
    List<JwtRule> list = new ArrayList<>();
    for (JwtRule.Builder each : rules) {
      list.add(each.build());
    }
    assertThat(
            engine.apply(
                Update.builder()
                    .inboundPolicy(
                        InboundPolicy.builder()
                            .trustDomain("cluster.local")
                            .jwtRules(list)
                            .authorizationPolicies(policies)
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
    public @Nullable InetSocketAddress peerAddress() {
      return null;
    }

    @Override
    public int localPort() {
      return 80;
    }
  }

  private InboundCall bearer(String token, String... more) {
    String[] headers = new String[more.length + 2];
    headers[0] = "authorization";
    headers[1] = "Bearer " + token;
    System.arraycopy(more, 0, headers, 2, more.length);
    return engine.open(new Request("GET", "/a?b", headers));
  }

  /** Status and body, {@code 200} when it is let in. */
  private static String answer(InboundCall call) {
    LocalReply reply = call.reply();
    return reply == null
        ? "200"
        : reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static List<String> headers(InboundCall call) {
    List<String> lines = new ArrayList<>();
    call.requestHeaders()
        .apply(
            name -> lines.add("-" + name),
            (name, value) -> lines.add(name + ": " + value),
            (name, value) -> lines.add("+" + name + ": " + value));
    return lines;
  }

  @Test
  void aRequestWithoutTokenPassesAndOneWithAGoodTokenToo() throws Exception {
    apply(rule());
    assertThat(answer(engine.open(new Request("GET", "/")))).isEqualTo("200");
    assertThat(answer(engine.open(new Request("GET", "/", "authorization", "Basic YTpi"))))
        .isEqualTo("200");
    InboundCall call = bearer(good());
    assertThat(answer(call)).isEqualTo("200");
    assertThat(headers(call)).containsExactly("-authorization");
    assertThat(answer(engine.open(new Request("GET", "/?access_token=" + good()))))
        .isEqualTo("200");
  }

  @Test
  void refusesInEnvoysWords() throws Exception {
    apply(rule().audiences(List.of("web", "api")));
    assertThat(answer(bearer("junk")))
        .isEqualTo(
            "401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections");
    assertThat(answer(bearer(token(other(), ",\"aud\":\"web\""))))
        .isEqualTo("401 Jwt verification fails");
    assertThat(answer(bearer(good()))).isEqualTo("403 Audiences in Jwt are not allowed");
    assertThat(answer(bearer(token(issuer(), ",\"aud\":[\"x\",\"api\"]")))).isEqualTo("200");
    assertThat(answer(bearer(token(issuer(), ",\"aud\":7"))))
        .isEqualTo("401 Jwt payload [aud] field is not a string or string list");
    assertThat(answer(bearer(good() + "," + good()))).startsWith("401 Jwt is not in the form");
    apply(rule().issuer("https://issuer.example/"));
    assertThat(answer(bearer(good()))).isEqualTo("401 Jwt issuer is not configured");
    apply(rule().jwks(""));
    assertThat(answer(bearer(good()))).isEqualTo("401 Jwks remote fetch is failed");
    InboundCall refused = bearer(good());
    LocalReply reply = requireNonNull(refused.reply());
    List<String> lines = new ArrayList<>();
    reply.headers().apply(lines::add, (n, v) -> lines.add(n + ": " + v), (n, v) -> lines.add(n));
    assertThat(lines)
        .contains("www-authenticate: Bearer realm=\"http://web:80/a\", error=\"invalid_token\"");
  }

  @Test
  void answersGrpcWithUnauthenticated() {
    apply(rule());
    LocalReply reply = requireNonNull(bearer("junk", "content-type", "application/grpc").reply());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().toString()).contains("grpc-status, 16");
  }

  @ParameterizedTest
  @CsvSource({
    "exp, -61, 401 Jwt is expired", "exp, -60, 200", "exp, 10, 200",
    "nbf, 61, 401 Jwt not yet valid", "nbf, 60, 200", "nbf, -10, 200",
  })
  void givesAMinuteOfSkew(String claim, int offset, String expected) throws Exception {
    apply(rule());
    String token = token(issuer(), ",\"" + claim + "\":" + (NOW + offset));
    assertThat(answer(bearer(token))).isEqualTo(expected);
  }

  @Test
  void whatWasVerifiedExpiresAllTheSame() throws Exception {
    apply(rule());
    String token = token(issuer(), ",\"exp\":" + (NOW + 10));
    assertThat(answer(bearer(token))).isEqualTo("200");
    now += 70;
    assertThat(answer(bearer(token))).isEqualTo("200");
    now += 1;
    assertThat(answer(bearer(token))).isEqualTo("401 Jwt is expired");
    // What was verified under other keys is verified anew.
    now = NOW;
    apply(rule().jwks(other().jwks()));
    assertThat(answer(bearer(token))).isEqualTo("401 Jwt verification fails");
  }

  @Test
  void oneRuleOfAnIssuerIsEnough() throws Exception {
    apply(rule().jwks(other().jwks()), rule().audiences(List.of("no")), rule());
    assertThat(answer(bearer(good()))).isEqualTo("200");
    apply(rule().jwks(other().jwks()), rule().audiences(List.of("no")));
    assertThat(answer(bearer(good()))).isEqualTo("403 Audiences in Jwt are not allowed");
  }

  @Test
  void looksWhereTheRuleSaysAndNowhereElse() throws Exception {
    apply(
        rule()
            .fromHeaders(List.of(JwtHeader.builder().name("X-Token").prefix("jwt ").build()))
            .fromParams(List.of("t"))
            .fromCookies(List.of("session")));
    assertThat(answer(bearer("junk"))).isEqualTo("200");
    String bad = "401 Jwt is not in the form";
    assertThat(answer(engine.open(new Request("GET", "/", "x-token", "jwt x")))).startsWith(bad);
    assertThat(answer(engine.open(new Request("GET", "/?a=b&t=x")))).startsWith(bad);
    assertThat(answer(engine.open(new Request("GET", "/?t=" + good() + "&t=x")))).startsWith(bad);
    assertThat(answer(engine.open(new Request("GET", "/?%74=x")))).startsWith(bad);
    assertThat(answer(engine.open(new Request("GET", "/", "cookie", "a=b; session=x"))))
        .startsWith(bad);
    InboundCall call = engine.open(new Request("GET", "/", "x-token", "jwt " + good()));
    assertThat(headers(call)).containsExactly("-x-token");
  }

  @Test
  void letsAPreflightPass() {
    apply(rule());
    assertThat(
            answer(
                engine.open(
                    new Request(
                        "OPTIONS",
                        "/",
                        "authorization",
                        "Bearer junk",
                        "origin",
                        "http://a",
                        "access-control-request-method",
                        "PUT"))))
        .isEqualTo("200");
    assertThat(answer(engine.open(new Request("OPTIONS", "/", "authorization", "Bearer junk"))))
        .startsWith("401");
  }

  @Test
  void showsTheApplicationClaimsAndNothingThatAClientWrote() throws Exception {
    Map<String, String> outputs = new TreeMap<>();
    outputs.put("X-Sub", "sub");
    outputs.put("X-Level", "account.level");
    outputs.put("X-List", "groups");
    outputs.put("X-Split", "evil");
    apply(
        rule()
            .outputPayloadToHeader("X-Payload")
            .outputClaimToHeaders(outputs)
            .forwardOriginalToken(true));
    String token =
        token(
            issuer(),
            ",\"account\":{\"level\":3},\"groups\":[\"a\"],\"evil\":\"a\\r\\nX-Admin: 1\"");
    assertThat(headers(bearer(token, "x-sub", "root", "x-payload", "forged")))
        .containsExactlyInAnyOrder(
            "-x-payload",
            "-x-sub",
            "x-payload: " + token.split("\\.")[1],
            "x-sub: ann",
            "x-level: 3");
    assertThat(headers(engine.open(new Request("GET", "/", "x-level", "9"))))
        .containsExactly("-x-level");
  }

  @ParameterizedTest
  @CsvSource({
    "request.auth.principal, https://issuer.example/ann, true",
    "request.auth.principal, https://issuer.example/*, true",
    "request.auth.principal, */ann, true",
    "request.auth.principal, https://iss*, true",
    "request.auth.principal, *, true",
    "request.auth.principal, https://issuer.example/bob, false",
    "request.auth.audiences, web, true",
    "request.auth.audiences, we, false",
    "request.auth.presenter, app, true",
    "request.auth.presenter, web, false",
    "request.auth.claims[scope], write, true",
    "request.auth.claims[scope], read write, false",
    "request.auth.claims[roles], b, true",
    "request.auth.claims[roles], c, false",
    "request.auth.claims[a][b], deep, true",
    "request.auth.claims[a], deep, false",
    "request.auth.claims[n], 5, true",
    "request.auth.claims[custom], y, true",
    "request.auth.claims[none], *, false",
  })
  void authorizesByClaims(String key, String value, boolean expected) throws Exception {
    String token =
        token(
            issuer(),
            ",\"aud\":[\"web\",\"x\"],\"azp\":\"app\",\"scope\":\"read write\",\"roles\":[\"a\",\"b\"],"
                + "\"a\":{\"b\":\"deep\"},\"n\":5,\"custom\":\"x y\"");
    AuthorizationRule when =
        AuthorizationRule.builder()
            .when(List.of(AttributeMatch.builder().key(key).values(List.of(value)).build()))
            .build();
    JwtRule.Builder jwt = rule().spaceDelimitedClaims(List.of("custom"));
    apply(List.of(policy(AuthorizationPolicy.Action.ALLOW, when)), jwt);
    assertThat(answer(bearer(token)).equals("200")).isEqualTo(expected);
    assertThat(answer(engine.open(new Request("GET", "/")))).isEqualTo("403 RBAC: access denied");
    apply(List.of(policy(AuthorizationPolicy.Action.DENY, when)), jwt);
    assertThat(answer(bearer(token)).equals("200")).isEqualTo(!expected);
  }

  @Test
  void nobodysSubjectBecomesPartOfAnotherIssuer() throws Exception {
    AuthorizationRule rule =
        AuthorizationRule.builder()
            .from(
                List.of(
                    SourceMatch.builder().requestPrincipals(List.of(ISSUER + "/team/ann")).build()))
            .build();
    apply(List.of(policy(AuthorizationPolicy.Action.ALLOW, rule)), rule());
    String token = issuer().token("{\"iss\":\"" + ISSUER + "\",\"sub\":\"team/ann\"}");
    assertThat(answer(bearer(token))).isEqualTo("403 RBAC: access denied");
  }

  private static AuthorizationPolicy policy(
      AuthorizationPolicy.Action action, AuthorizationRule rule) {
    return AuthorizationPolicy.builder()
        .source("shop/p")
        .action(action)
        .rules(List.of(rule))
        .build();
  }
}
