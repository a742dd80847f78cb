package dev.weft.engine.authorization;

import dev.weft.engine.tokens.Claims;

/**
 * Issuer and subject of a token as a policy writes them, {@code issuer/subject}. The last slash
 * divides them, so that nobody's subject becomes part of somebody else's issuer. Immutable.
 */
final class RequestPrincipal {

  private static final TextMatch PRESENT = TextMatch.of("*");

  private final TextMatch issuer;
  private final TextMatch subject;
  private final boolean whole;

  private RequestPrincipal(TextMatch issuer, TextMatch subject, boolean whole) {
    this.issuer = issuer;
    this.subject = subject;
    this.whole = whole;
  }

  static RequestPrincipal of(String pattern) {
    if (pattern.equals("*")) {
      return new RequestPrincipal(PRESENT, PRESENT, false);
    }
    int slash = pattern.lastIndexOf('/');
    if (slash < 0 || (pattern.endsWith("*") && !pattern.endsWith("/*"))) {
      // A prefix that ends within the issuer, or a suffix of the subject.
      return new RequestPrincipal(TextMatch.of(pattern), PRESENT, true);
    }
    return new RequestPrincipal(
        TextMatch.of(pattern.substring(0, slash)),
        TextMatch.of(pattern.substring(slash + 1)),
        false);
  }

  boolean matches(Claims claims) {
    if (claims.issuer.isEmpty() || claims.subject.isEmpty()) {
      return false;
    }
    return whole
        ? issuer.matches(claims.issuer + "/" + claims.subject)
        : issuer.matches(claims.issuer) && subject.matches(claims.subject);
  }
}
