package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.CertificateAuthority;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Spans;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /v1/tokens}: make, list and revoke. The text of a token is in the answer to POST only. */
final class TokenService implements Handler {

  private static final Logger AUDIT = LoggerFactory.getLogger("dev.weft.audit");

  private static final String DEFAULT_TTL = "1h";
  private static final Set<String> FIELDS =
      Set.of("type", "namespace", "serviceAccount", "ttl", "uses");

  private final Tokens tokens;
  private final CertificateAuthority authority;
  private final Clock clock;

  TokenService(Tokens tokens, CertificateAuthority authority, Clock clock) {
    this.tokens = requireNonNull(tokens, "tokens");
    this.authority = requireNonNull(authority, "authority");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    String id = context.decodedPath().replaceFirst("^/v1/tokens/?", "");
    if (id.isEmpty() && request.method() == HttpMethod.GET) {
      List<Object> items = new ArrayList<>();
      tokens.all().forEach(token -> items.add(tree(token)));
      return Reply.of(request.headers(), HttpStatus.OK, Map.of("items", items));
    }
    if (id.isEmpty() && request.method() == HttpMethod.POST) {
      return create(context, request);
    }
    if (!id.isEmpty() && request.method() == HttpMethod.DELETE) {
      StoredToken revoked = tokens.revoke(id);
      AUDIT.info("token revoked id={} by=\"{}\"", revoked.id(), Access.callerOf(context));
      return Reply.of(request.headers(), HttpStatus.OK, tree(revoked));
    }
    throw new Refused(
        Reason.METHOD_NOT_ALLOWED,
        request.method() + " (expected: GET and POST of /v1/tokens, DELETE of /v1/tokens/{id})");
  }

  private HttpResponse create(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    Map<String, Object> body = Bodies.document(request);
    for (String field : body.keySet()) {
      if (!FIELDS.contains(field)) {
        throw invalid(field + ": not a field of a token (expected: one of " + FIELDS + ")");
      }
    }
    String type = text(body, "type", "join");
    Tokens.Made made =
        switch (type) {
          case "join" ->
              tokens.createJoin(
                  text(body, "namespace", ""),
                  text(body, "serviceAccount", ""),
                  span(text(body, "ttl", DEFAULT_TTL)),
                  uses(body),
                  authority.pin());
          case "admin" -> admin(body);
          default -> throw invalid("type: " + type + " (expected: join or admin)");
        };
    StoredToken token = made.token();
    AUDIT.info(
        "token created id={} type={} namespace={} serviceAccount={} expires={} uses={} by=\"{}\"",
        token.id(),
        type,
        token.namespace(),
        token.serviceAccount(),
        token.expires() == null ? "never" : token.expires(),
        token.uses(),
        Access.callerOf(context));
    Map<String, Object> answer = tree(token);
    answer.put("token", made.text());
    return Reply.of(request.headers(), HttpStatus.CREATED, answer);
  }

  private Tokens.Made admin(Map<String, Object> body) throws Refused {
    for (String field : List.of("namespace", "serviceAccount", "uses")) {
      if (body.containsKey(field)) {
        throw invalid(field + ": not for a token of type admin");
      }
    }
    return tokens.createAdmin(body.containsKey("ttl") ? span(text(body, "ttl", "")) : null);
  }

  private static String text(Map<String, Object> body, String field, String otherwise)
      throws Refused {
    Object value = body.getOrDefault(field, otherwise);
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw invalid(field + ": " + value + " (expected: a text)");
  }

  private static int uses(Map<String, Object> body) throws Refused {
    Object value = body.getOrDefault("uses", 0);
    if (value instanceof Integer uses) {
      return uses;
    }
    throw invalid("uses: " + value + " (expected: a whole number; 0 for no limit)");
  }

  private static Duration span(String text) throws Refused {
    try {
      return Spans.parse(text);
    } catch (IllegalArgumentException e) {
      throw invalid("ttl: " + e.getMessage());
    }
  }

  private static Refused invalid(String message) {
    return new Refused(Reason.INVALID, message);
  }

  private Map<String, Object> tree(StoredToken token) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("id", token.id());
    tree.put("type", token.type().name().toLowerCase(Locale.ROOT));
    tree.put("namespace", token.namespace());
    tree.put("serviceAccount", token.serviceAccount());
    tree.put("pin", token.pin());
    tree.put("created", token.created().toString());
    tree.put("expires", time(token.expires()));
    tree.put("uses", token.uses());
    tree.put("used", token.used());
    tree.put("revoked", time(token.revoked()));
    tree.put("state", state(token, clock.instant()));
    return tree;
  }

  static String state(StoredToken token, Instant now) {
    if (token.revoked() != null) {
      return "revoked";
    }
    if (token.isExpired(now)) {
      return "expired";
    }
    return token.isUsedUp() ? "used up" : "live";
  }

  private static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
