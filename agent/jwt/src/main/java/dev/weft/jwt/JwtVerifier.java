package dev.weft.jwt;

import com.grack.nanojson.JsonObject;
import dev.weft.engine.tokens.InvalidToken;
import dev.weft.engine.tokens.TokenVerifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON Web Tokens with the JDK's own cryptography. Stateless. */
public final class JwtVerifier implements TokenVerifier {

  private static final int MAX_KEYS = 100;
  private static final int MAX_JWKS = 1 << 20;

  private static final Set<String> ALGORITHMS =
      Collections.unmodifiableSet(
          new HashSet<>(
              Arrays.asList(
                  "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
                  "HS256", "HS384", "HS512", "EdDSA")));

  /** The keys of one set that can be used here. */
  private static final class KeySet implements Keys {
    final List<Jwk> keys;

    KeySet(List<Jwk> keys) {
      this.keys = keys;
    }
  }

  @Override
  public Keys keys(String jwks, boolean secrets) {
    JsonObject set = jwks.length() > MAX_JWKS ? null : Json.object(jwks);
    Object list = set == null ? null : set.get("keys");
    if (!(list instanceof List)) {
      throw new IllegalArgumentException("jwks: no JSON object with a list of keys");
    }
    List<Jwk> keys = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Object each : (List<?>) list) {
      if (each instanceof JsonObject && keys.size() < MAX_KEYS) {
        try {
          keys.add(Jwk.of((JsonObject) each, secrets));
        } catch (IllegalArgumentException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("jwks: no key that can be used " + problems);
    }
    return new KeySet(keys);
  }

  @Override
  public Token read(String text) throws InvalidToken {
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    if (first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0) {
      throw new InvalidToken(InvalidToken.FORM);
    }
    JsonObject header = part(text.substring(0, first), "header");
    Object algorithm = header.get("alg");
    if (!(algorithm instanceof String)) {
      throw new InvalidToken("Jwt header [alg] field is required and must be a string");
    }
    if (!ALGORITHMS.contains(algorithm)) {
      throw new InvalidToken("Jwt header [alg] is not supported");
    }
    Object kid = header.get("kid");
    if (header.containsKey("kid") && !(kid instanceof String)) {
      throw new InvalidToken("Jwt header [kid] field is not a string");
    }
    if (header.containsKey("crit")) {
      // Whatever must be understood there is not.
      throw new InvalidToken(InvalidToken.VERIFICATION);
    }
    String payload = text.substring(first + 1, second);
    JsonObject claims = part(payload, "payload");
    byte[] signature = Base64Url.decode(text.substring(second + 1));
    if (signature == null) {
      throw new InvalidToken("Jwt signature is an invalid Base64url encoded");
    }
    return new Parsed(
        (String) algorithm,
        (String) kid,
        claims,
        payload,
        text.substring(0, second).getBytes(StandardCharsets.US_ASCII),
        signature);
  }

  private static JsonObject part(String encoded, String name) throws InvalidToken {
    byte[] bytes = Base64Url.decode(encoded);
    if (bytes == null) {
      throw new InvalidToken("Jwt " + name + " is an invalid Base64url encoded");
    }
    JsonObject json = Json.object(new String(bytes, StandardCharsets.UTF_8));
    if (json == null) {
      throw new InvalidToken("Jwt " + name + " is an invalid JSON");
    }
    return json;
  }

  /** A token of which nothing was checked but its form. */
  private static final class Parsed implements Token {
    private final String algorithm;
    private final @Nullable String kid;
    private final Map<String, Object> claims;
    private final String payload;
    private final byte[] signed;
    private final byte[] signature;

    Parsed(
        String algorithm,
        @Nullable String kid,
        Map<String, Object> claims,
        String payload,
        byte[] signed,
        byte[] signature) {
      this.algorithm = algorithm;
      this.kid = kid;
      this.claims = Collections.unmodifiableMap(claims);
      this.payload = payload;
      this.signed = signed;
      this.signature = signature;
    }

    @Override
    public Map<String, Object> claims() {
      return claims;
    }

    @Override
    public String payload() {
      return payload;
    }

    @Override
    public void verify(Keys keys) throws InvalidToken {
      boolean tried = false;
      for (Jwk key : ((KeySet) keys).keys) {
        if (key.isFor(algorithm, kid)) {
          tried = true;
          if (key.verifies(algorithm, signed, signature)) {
            return;
          }
        }
      }
      throw new InvalidToken(
          tried ? InvalidToken.VERIFICATION : "Jwks doesn't have key to match kid or alg from Jwt");
    }
  }
}
