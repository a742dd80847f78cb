package dev.weft.engine;

import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Subject;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.tokens.TokenPlan;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy.MutualTls;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Goes the way of a request that does not arrive, and says what it sees. */
final class InboundExplanation {

  private final Engine engine;
  private final Imagined request;
  private final String principal;
  private final List<String> lines = new ArrayList<>();

  InboundExplanation(
      Engine engine,
      String method,
      String path,
      Map<String, String> headers,
      String principal,
      int port) {
    this.engine = engine;
    this.request = new Imagined(method, path, headers, port);
    this.principal = principal;
  }

  List<String> lines() {
    InboundPlan plan = engine.snapshot().inbound();
    if (plan == null) {
      return Collections.singletonList("let in: no inbound policy is here yet");
    }
    MutualTls mode = plan.mutualTls(request.port);
    lines.add(
        "port "
            + request.port
            + " is "
            + mode
            + "; the peer is "
            + (principal.isEmpty() ? "plaintext" : principal));
    if (mode == MutualTls.STRICT && principal.isEmpty()) {
      lines.add("refused: plaintext on a STRICT port is closed before any HTTP");
      return Collections.unmodifiableList(lines);
    }
    authorize(plan);
    return Collections.unmodifiableList(lines);
  }

  private void authorize(InboundPlan plan) {
    TokenPlan.Result tokens =
        plan.tokens == null ? null : plan.tokens.judge(request, engine.epochSeconds());
    if (tokens != null && tokens.failure != null) {
      lines.add("answers " + tokens.status() + ": " + tokens.failure);
      return;
    }
    if (tokens != null) {
      lines.add(
          tokens.claims == null
              ? "it shows no token"
              : "its token is " + tokens.claims.issuer + "/" + tokens.claims.subject);
    }
    Subject subject =
        new Subject(
            request.method,
            request.authority(),
            request.path,
            null,
            request.port,
            null,
            principal.isEmpty() ? null : principal,
            tokens == null ? null : tokens.claims,
            request);
    Decision decision = plan.authorization.decide(subject);
    lines.addAll(plan.authorization.explain(subject));
    if (decision.result == Decision.Result.BAD_PATH) {
      lines.add("answers 400: the path is malformed, and a policy asks for paths");
    } else if (decision.isAllowed()) {
      for (ExternalAuthorizer authorizer : decision.ask) {
        lines.add("let in if " + authorizer.name() + " at " + authorizer.url() + " allows it");
      }
      if (decision.ask.isEmpty()) {
        lines.add("let in");
      }
    } else {
      lines.add("answers 403: " + decision.details);
    }
  }

  private static final class Imagined extends InboundRequest implements Subject.Headers {
    private final String method;
    private final String path;
    private final Map<String, String> headers = new TreeMap<>();
    private final int port;

    Imagined(String method, String path, Map<String, String> headers, int port) {
      this.method = method;
      this.path = path;
      this.port = port;
      headers.forEach((name, value) -> this.headers.put(name.toLowerCase(Locale.ROOT), value));
    }

    @Override
    public @Nullable String value(String name) {
      return headers.get(name);
    }

    @Override
    public boolean isKnown(String name) {
      return true;
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
      return headers.getOrDefault("host", "");
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
      return port;
    }
  }
}
