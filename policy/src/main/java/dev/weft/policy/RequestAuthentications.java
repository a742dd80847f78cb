package dev.weft.policy;

import dev.weft.model.JwtHeader;
import dev.weft.model.JwtRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules of a RequestAuthentication as data. */
final class RequestAuthentications {

  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private RequestAuthentications() {}

  /**
   * Its rules; {@link JwtRule#jwks()} is empty where keys come from {@link JwtRule#jwksUri()}.
   *
   * @param rule a document that the validator takes
   */
  static List<JwtRule> of(Rule rule) {
    List<JwtRule> rules = new ArrayList<>();
    for (Node item : rule.spec.get("jwtRules").items()) {
      rules.add(rule(item, rule.name()));
    }
    return rules;
  }

  private static JwtRule rule(Node rule, String source) {
    List<JwtHeader> headers = new ArrayList<>();
    for (Node header : rule.get("fromHeaders").items()) {
      headers.add(
          JwtHeader.builder()
              .name(header.get("name").text())
              .prefix(header.get("prefix").text())
              .build());
    }
    Map<String, String> claims = new LinkedHashMap<>();
    for (Node output : rule.get("outputClaimToHeaders").items()) {
      claims.put(output.get("header").text(), output.get("claim").text());
    }
    String jwks = rule.get("jwks").text();
    return JwtRule.builder()
        .source(source)
        .issuer(rule.get("issuer").text())
        .audiences(rule.get("audiences").textItems())
        .jwks(jwks)
        .jwksUri(jwks.isEmpty() ? jwksUri(rule) : "")
        .fromHeaders(headers)
        .fromParams(rule.get("fromParams").textItems())
        .fromCookies(rule.get("fromCookies").textItems())
        .forwardOriginalToken(rule.get("forwardOriginalToken").flag(false))
        .outputPayloadToHeader(rule.get("outputPayloadToHeader").text())
        .outputClaimToHeaders(claims)
        .spaceDelimitedClaims(rule.get("spaceDelimitedClaims").textItems())
        .build();
  }

  private static String jwksUri(Node rule) {
    String uri = rule.get("jwksUri").text();
    if (!uri.isEmpty()) {
      return uri;
    }
    String issuer = rule.get("issuer").text();
    return (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY;
  }
}
