package dev.weft.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of Istio's webhook for a RequestAuthentication. */
final class RequestAuthenticationRules {

  private static final Pattern HEADER = Pattern.compile("[-_A-Za-z0-9]+");

  /** They say where a message goes and where it ends: a claim there would change what it is. */
  private static final Set<String> FRAMING =
      Collections.unmodifiableSet(
          new HashSet<>(
              Arrays.asList("connection", "content-length", "host", "transfer-encoding")));

  /** A key that has one of these is a private key. */
  private static final String[] PRIVATE = {"d", "k"};

  private final Rules rules;

  RequestAuthenticationRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node spec) {
    WorkloadSelector.check(spec, rules);
    if (Rules.isEmpty(spec.get("jwtRules"))) {
      rules.warning(spec, "has no jwtRules: no token is looked at");
    }
    for (Node rule : spec.get("jwtRules").items()) {
      rule(rule);
    }
  }

  private void rule(Node rule) {
    Node issuer = rule.get("issuer");
    if (Rules.isEmpty(issuer)) {
      rules.missing(issuer, "the issuer of the tokens, as their claim iss has it");
    }
    noEmptyItems(rule.get("audiences"), "an audience");
    keys(rule, issuer);
    for (Node header : rule.get("fromHeaders").items()) {
      headerName(header.get("name"), "the name of the header that has the token");
    }
    noEmptyItems(rule.get("fromParams"), "the name of a query parameter");
    noEmptyItems(rule.get("fromCookies"), "the name of a cookie");
    noEmptyItems(rule.get("spaceDelimitedClaims"), "the name of a claim");
    Node payload = rule.get("outputPayloadToHeader");
    if (payload.isText() && !payload.text().isEmpty()) {
      outputHeader(payload);
    }
    outputClaims(rule.get("outputClaimToHeaders"));
  }

  private void noEmptyItems(Node list, String expectation) {
    for (Node item : list.items()) {
      if (item.isText() && item.text().isEmpty()) {
        rules.wrong(item, expectation);
      }
    }
  }

  private void outputClaims(Node outputs) {
    Set<String> seen = new HashSet<>();
    for (Node output : outputs.items()) {
      if (!output.present()) {
        continue;
      }
      Node claim = output.get("claim");
      Node header = output.get("header");
      if (Rules.isEmpty(claim)) {
        rules.missing(claim, "the name of a claim; . separates nested ones");
      }
      if (headerName(header, "the name of the header that gets the claim")) {
        outputHeader(header);
        if (!seen.add(header.text().toLowerCase(Locale.ROOT))) {
          rules.error(header, header.text() + ": duplicate header");
        }
      }
    }
  }

  /** Whether there is a name that can be looked at further. */
  private boolean headerName(Node name, String expectation) {
    if (Rules.isEmpty(name)) {
      rules.missing(name, expectation);
      return false;
    }
    if (name.isText() && !HEADER.matcher(name.text()).matches()) {
      rules.wrong(name, "the name of an HTTP header: letters, digits, - and _");
      return false;
    }
    return name.isText();
  }

  private void outputHeader(Node header) {
    if (!HEADER.matcher(header.text()).matches()) {
      rules.wrong(header, "the name of an HTTP header: letters, digits, - and _");
    } else if (FRAMING.contains(header.text().toLowerCase(Locale.ROOT))) {
      rules.wrong(header, "a header that does not say where the request goes or ends");
    }
  }

  private void keys(Node rule, Node issuer) {
    Node uri = rule.get("jwksUri");
    Node inline = rule.get("jwks");
    boolean hasUri = !Rules.isEmpty(uri);
    boolean hasInline = !Rules.isEmpty(inline);
    if (hasUri && hasInline) {
      rules.error(rule, "jwks and jwksUri are both set (expected: only one of them)");
    }
    if (hasUri && uri.isText() && !isHttpUrl(uri.text())) {
      rules.wrong(uri, "a URL that begins with https:// or http://");
    }
    if (hasInline && inline.isText()) {
      jwks(inline);
    }
    if (!hasUri && !hasInline && !issuer.text().isEmpty() && !isHttpUrl(issuer.text())) {
      rules.missing(
          uri,
          "jwks or jwksUri, as the issuer is no URL under which an OpenID discovery document could"
              + " be");
    }
  }

  static boolean isHttpUrl(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return ("http".equals(scheme) || "https".equals(scheme))
          && uri.getHost() != null
          && uri.getPort() <= 65_535;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether they are keys that a token can be verified with is asked by who uses them. */
  private void jwks(Node inline) {
    String text = inline.text().trim();
    Map<String, Object> set = text.startsWith("{") ? Documents.json(text) : null;
    if (set == null) {
      rules.wrong(inline, "a JSON Web Key Set: a JSON object with keys");
      return;
    }
    List<?> keys = Trees.list(set.get("keys"));
    if (keys.isEmpty()) {
      rules.error(inline, "has no keys (expected: a JSON object with keys, a list of keys)");
    }
    for (int i = 0; i < keys.size(); i++) {
      key(inline, keys.get(i), i);
    }
  }

  private void key(Node inline, @Nullable Object key, int index) {
    Map<String, Object> fields = Trees.map(key);
    if (Trees.text(fields.get("kty")).isEmpty()) {
      rules.error(inline, "keys[" + index + "] has no kty (expected: a JSON Web Key)");
    }
    for (String secret : PRIVATE) {
      if (fields.containsKey(secret)) {
        rules.warning(
            inline, "keys[" + index + "] has a private part; only public parts are needed");
      }
    }
  }
}
