package dev.weft.engine.tokens;

import static java.util.Objects.requireNonNull;

import dev.weft.inbound.InboundRequest;
import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import dev.weft.outbound.HeaderMutations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All RequestAuthentication rules of a workload, ready to judge requests. A request without token
 * passes; one with a token that is not valid does not; of several valid tokens the one whose rule
 * comes first tells who the caller is. Thread-safe.
 */
public final class TokenPlan {

  /** Envoy's. */
  private static final long SKEW_SECONDS = 60;

  private static final int MAX_TOKEN = 16 * 1024;

  private final TokenVerifier verifier;
  private final List<CompiledRule> rules;
  private final List<TokenPlace> places;
  private final Set<String> issuers = new HashSet<>();
  private final TokenCache verified = new TokenCache();
  private final List<String> outputs;

  /** A rule with its keys. */
  static final class CompiledRule {
    final JwtRule source;

    /** Null where there are none: then no token is valid. */
    final TokenVerifier.@Nullable Keys keys;

    CompiledRule(JwtRule source, TokenVerifier.@Nullable Keys keys) {
      this.source = source;
      this.keys = keys;
    }
  }

  /** A token that was verified under a rule. */
  static final class Verified {
    final int rule;
    final Claims claims;
    final String payload;

    /** In seconds since 1970; {@link Long#MAX_VALUE} for never. */
    final long expires;

    final long notBefore;

    Verified(int rule, Claims claims, String payload, long expires, long notBefore) {
      this.rule = rule;
      this.claims = claims;
      this.payload = payload;
      this.expires = expires;
      this.notBefore = notBefore;
    }

    void checkTime(long now) throws InvalidToken {
      if (now - SKEW_SECONDS > expires) {
        throw new InvalidToken(InvalidToken.EXPIRED);
      }
      if (now + SKEW_SECONDS < notBefore) {
        throw new InvalidToken(InvalidToken.NOT_YET);
      }
    }
  }

  /** What tokens say about one request. Immutable. */
  public static final class Result {
    static final Result NOTHING = new Result(null, null, HeaderMutations.NONE);

    /** Why the request is refused; null when it is not. */
    public final @Nullable String failure;

    /** Of the caller; null when it showed no token. */
    public final @Nullable Claims claims;

    /** What the application shall see of it. */
    public final HeaderMutations headers;

    Result(@Nullable String failure, @Nullable Claims claims, HeaderMutations headers) {
      this.failure = failure;
      this.claims = claims;
      this.headers = headers;
    }

    /** The status that goes with {@link #failure}. */
    public int status() {
      return InvalidToken.AUDIENCE.equals(failure) ? 403 : 401;
    }
  }

  private TokenPlan(TokenVerifier verifier, List<CompiledRule> rules) {
    this.verifier = requireNonNull(verifier, "verifier");
    this.rules = rules;
    this.places = TokenPlace.of(rules);
    this.outputs = new ArrayList<>(outputs(rules));
    for (CompiledRule rule : rules) {
      issuers.add(rule.source.issuer());
    }
  }

  /**
   * Compiles rules. One with keys that cannot be read keeps the keys of {@code last}; where it has
   * none, no token of its issuer is valid.
   *
   * @param problems hears {@code namespace/name} and reason of each that is invalid
   * @return null for no rules
   */
  public static @Nullable TokenPlan of(
      List<JwtRule> sources,
      TokenVerifier verifier,
      @Nullable TokenPlan last,
      BiConsumer<String, String> problems) {
    List<CompiledRule> rules = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      JwtRule source = sources.get(i);
      TokenVerifier.Keys keys = null;
      if (!source.jwks().isEmpty()) {
        try {
          keys = verifier.keys(source.jwks(), source.jwksUri().isEmpty());
        } catch (RuntimeException | LinkageError e) {
          problems.accept(
              source.source(), "jwtRules[" + i + "] of " + source.issuer() + ": " + e.getMessage());
          keys = last == null ? null : last.keys(source);
        }
      }
      rules.add(new CompiledRule(source, keys));
    }
    return rules.isEmpty() ? null : new TokenPlan(verifier, rules);
  }

  private TokenVerifier.@Nullable Keys keys(JwtRule of) {
    for (CompiledRule rule : rules) {
      if (rule.source.source().equals(of.source()) && rule.source.issuer().equals(of.issuer())) {
        return rule.keys;
      }
    }
    return null;
  }

  /** Whether tokens of {@code issuer} are still taken. */
  public boolean knows(String issuer) {
    return issuers.contains(issuer);
  }

  /**
   * Judges the tokens of a request.
   *
   * @param now in seconds since 1970
   */
  public Result judge(InboundRequest request, long now) {
    HeaderMutations.Builder headers = null;
    Verified first = null;
    if (!isPreflight(request)) {
      for (TokenPlace place : places) {
        List<String> tokens = place.tokens(request);
        for (String token : tokens) {
          Verified found;
          try {
            found = verified(token, place, now);
          } catch (InvalidToken e) {
            return new Result(e.getMessage(), null, HeaderMutations.NONE);
          }
          if (place.header != null && !rules.get(found.rule).source.forwardOriginalToken()) {
            headers = headers == null ? HeaderMutations.builder() : headers;
            headers.remove(place.header);
          }
          first = first == null || found.rule < first.rule ? found : first;
        }
      }
    }
    headers = sanitized(request, headers);
    if (first == null) {
      return headers == null ? Result.NOTHING : new Result(null, null, headers.build());
    }
    headers = headers == null ? HeaderMutations.builder() : headers;
    output(first, headers);
    return new Result(null, first.claims, headers.build());
  }

  /** What browsers ask before they send the request with its token. */
  private static boolean isPreflight(InboundRequest request) {
    return request.method().equals("OPTIONS")
        && !isEmpty(request.header("origin"))
        && !isEmpty(request.header("access-control-request-method"));
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private Verified verified(String token, TokenPlace place, long now) throws InvalidToken {
    if (token.length() > MAX_TOKEN) {
      throw new InvalidToken(InvalidToken.FORM);
    }
    // The same token in another place is judged by other rules.
    String key = place.index + ":" + TokenCache.key(token);
    Verified known = verified.get(key);
    if (known == null) {
      known = verify(verifier.read(token), place, now);
      verified.put(key, known);
    }
    known.checkTime(now);
    return known;
  }

  private Verified verify(TokenVerifier.Token token, TokenPlace place, long now)
      throws InvalidToken {
    String issuer = Claims.text(token.claims(), "iss");
    InvalidToken failure = new InvalidToken(InvalidToken.ISSUER);
    for (int i = 0; i < rules.size(); i++) {
      CompiledRule rule = rules.get(i);
      if (place.rules.contains(i) && rule.source.issuer().equals(issuer)) {
        try {
          return verify(token, i, rule, now);
        } catch (InvalidToken e) {
          failure = e;
        }
      }
    }
    throw failure;
  }

  private static Verified verify(TokenVerifier.Token token, int index, CompiledRule rule, long now)
      throws InvalidToken {
    Verified verified =
        new Verified(
            index,
            Claims.of(token.claims(), rule.source.spaceDelimitedClaims()),
            token.payload(),
            time(token, "exp", Long.MAX_VALUE),
            time(token, "nbf", Long.MIN_VALUE));
    verified.checkTime(now);
    if (!rule.source.audiences().isEmpty()
        && Collections.disjoint(rule.source.audiences(), verified.claims.audiences)) {
      throw new InvalidToken(InvalidToken.AUDIENCE);
    }
    if (rule.keys == null) {
      throw new InvalidToken(
          rule.source.jwks().isEmpty() ? InvalidToken.NO_KEYS : InvalidToken.VERIFICATION);
    }
    token.verify(rule.keys);
    return verified;
  }

  private static long time(TokenVerifier.Token token, String claim, long none) throws InvalidToken {
    Object value = token.claims().get(claim);
    if (value == null) {
      return none;
    }
    if (!(value instanceof Number)) {
      throw new InvalidToken("Jwt payload [" + claim + "] field is not an integer");
    }
    long seconds = ((Number) value).longValue();
    if (seconds < 0) {
      throw new InvalidToken("Jwt payload [" + claim + "] field is not a positive integer");
    }
    // Room for the clock skew on both sides.
    return Math.min(seconds, Long.MAX_VALUE / 2);
  }

  /** A client must not write what only a token may say. */
  private HeaderMutations.@Nullable Builder sanitized(
      InboundRequest request, HeaderMutations.@Nullable Builder headers) {
    HeaderMutations.Builder changed = headers;
    for (String name : outputs) {
      if (request.header(name) != null) {
        changed = changed == null ? HeaderMutations.builder() : changed;
        changed.remove(name);
      }
    }
    return changed;
  }

  private static Set<String> outputs(List<CompiledRule> rules) {
    Set<String> names = new LinkedHashSet<>();
    for (CompiledRule rule : rules) {
      if (!rule.source.outputPayloadToHeader().isEmpty()) {
        names.add(rule.source.outputPayloadToHeader().toLowerCase(Locale.ROOT));
      }
      for (String name : rule.source.outputClaimToHeaders().keySet()) {
        names.add(name.toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  private void output(Verified token, HeaderMutations.Builder headers) {
    JwtRule rule = rules.get(token.rule).source;
    if (!rule.outputPayloadToHeader().isEmpty()) {
      headers.set(rule.outputPayloadToHeader().toLowerCase(Locale.ROOT), token.payload);
    }
    rule.outputClaimToHeaders()
        .forEach(
            (header, claim) -> {
              String value = token.claims.scalarAt(claim);
              if (value != null && isPrintable(value)) {
                headers.set(header.toLowerCase(Locale.ROOT), value);
              }
            });
  }

  /** A claim with a line break in it must not become two headers. */
  private static boolean isPrintable(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** The header and prefix of a token where a rule does not say. */
  static JwtHeader bearer() {
    return JwtHeader.builder().name("authorization").prefix("Bearer ").build();
  }
}
