package dev.weft.engine;

import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.AttributeMatch;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy;
import dev.weft.model.OperationMatch;
import dev.weft.model.Rejection;
import dev.weft.model.SourceMatch;
import dev.weft.model.Update;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request that arrives, put together by a test; and short names for the policies it meets. */
final class Arriving extends InboundRequest {

  static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";
  static final int PORT = 8080;

  private String method = "GET";
  private String authority = "reviews:9080";
  private String path = "/";
  private @Nullable String dispatchPath;
  private @Nullable InetSocketAddress peer = new InetSocketAddress("10.1.2.3", 40_000);
  private int port = PORT;
  private final Map<String, String> headers = new TreeMap<>();
  boolean broken;
  boolean failing;

  static Arriving at(String path) {
    Arriving made = new Arriving();
    made.path = path;
    return made;
  }

  Arriving with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Arriving withMethod(String value) {
    method = value;
    return this;
  }

  Arriving withHost(String value) {
    authority = value;
    return this;
  }

  Arriving withPort(int value) {
    port = value;
    return this;
  }

  Arriving withPeer(@Nullable String ip) {
    peer = ip == null ? null : new InetSocketAddress(ip, 40_000);
    return this;
  }

  Arriving dispatchedOn(String value) {
    dispatchPath = value;
    return this;
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
    return authority;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String dispatchPath() {
    return dispatchPath;
  }

  @Override
  public @Nullable String header(String name) {
    if (broken) {
      throw new IllegalStateException("this view is broken");
    }
    if (failing) {
      throw new InternalError("of this JVM, as far as this test goes");
    }
    return headers.get(name);
  }

  @Override
  public Collection<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return peer;
  }

  @Override
  public int localPort() {
    return port;
  }

  // ---- policies

  static AuthorizationPolicy policy(Action action, AuthorizationRule... rules) {
    return AuthorizationPolicy.builder()
        .source("shop/" + action.name().toLowerCase(Locale.ROOT))
        .action(action)
        .rules(List.of(rules))
        .build();
  }

  static AuthorizationRule comingFrom(SourceMatch.Builder source) {
    return AuthorizationRule.builder().from(List.of(source.build())).build();
  }

  static AuthorizationRule to(OperationMatch.Builder operation) {
    return AuthorizationRule.builder().to(List.of(operation.build())).build();
  }

  static AuthorizationRule paths(String... paths) {
    return to(OperationMatch.builder().paths(List.of(paths)));
  }

  static AuthorizationRule when(String key, String... values) {
    return AuthorizationRule.builder()
        .when(List.of(AttributeMatch.builder().key(key).values(List.of(values)).build()))
        .build();
  }

  static AuthorizationRule whenNot(String key, String... values) {
    return AuthorizationRule.builder()
        .when(List.of(AttributeMatch.builder().key(key).notValues(List.of(values)).build()))
        .build();
  }

  static InboundPolicy.Builder inbound(AuthorizationPolicy... policies) {
    return InboundPolicy.builder()
        .trustDomain("cluster.local")
        .authorizationPolicies(List.of(policies));
  }

  // ---- outcomes

  static List<Rejection> apply(TestMesh mesh, InboundPolicy.Builder policy) {
    return mesh.engine.apply(Update.builder().inboundPolicy(policy.build()).build());
  }

  /** The status that the engine answers, 200 when it lets the request in; closes the call. */
  static int status(TestMesh mesh, InboundRequest request) {
    InboundCall call = mesh.engine.open(request);
    LocalReply reply = call.reply();
    int status = reply == null ? 200 : reply.status();
    call.close(Outcome.COMPLETED, status);
    return status;
  }

  /** What a refused request is answered. */
  static LocalReply reply(InboundCall call) {
    LocalReply reply = call.reply();
    if (reply == null) {
      throw new AssertionError("the request was let in");
    }
    return reply;
  }

  static String body(LocalReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  /** The changes of a reply or a request, {@code name: value}. */
  static List<String> lines(HeaderMutations headers) {
    List<String> lines = new ArrayList<>();
    headers.apply(
        name -> lines.add("-" + name),
        (name, value) -> lines.add(name + ": " + value),
        (name, value) -> lines.add("+" + name + ": " + value));
    return lines;
  }
}
