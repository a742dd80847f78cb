package dev.weft.control.jwks;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.weft.control.core.KeySetCheck;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JSON Web Key Sets, read by the library that knows them. Stateless. */
public final class KeySets implements KeySetCheck {

  public KeySets() {}

  /**
   * The keys of {@code text} that can verify a signature, without anything that is secret. Keys
   * that are not understood are left out, as RFC 7517 wants it.
   *
   * @throws ParseException when it is no key set, or there is no such key in it
   */
  static String publicKeys(String text) throws ParseException {
    List<JWK> taken = new ArrayList<>();
    String first = "";
    for (Object key : keys(text)) {
      try {
        JWK jwk = parse(key);
        JWK open = jwk.toPublicJWK();
        if (open != null && !KeyUse.ENCRYPTION.equals(jwk.getKeyUse())) {
          taken.add(open);
        }
      } catch (ParseException e) {
        first = first.isEmpty() ? "; the first that was not understood: " + e.getMessage() : first;
      }
    }
    if (taken.isEmpty()) {
      throw new ParseException(
          "no public key that verifies signatures is in the set (expected: at least one)" + first,
          0);
    }
    return new JWKSet(taken).toString(true);
  }

  /** Stricter than what is fetched: who writes keys into a policy can mend them. */
  @Override
  public List<String> problems(String jwks) {
    List<String> problems = new ArrayList<>();
    List<?> keys;
    try {
      keys = keys(jwks);
    } catch (ParseException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    if (keys.isEmpty()) {
      problems.add("keys: empty (expected: at least one public key)");
    }
    for (int i = 0; i < keys.size(); i++) {
      try {
        JWK key = parse(keys.get(i));
        if (key.toPublicJWK() == null) {
          problems.add("keys[" + i + "]: a symmetric key (expected: a public key, RSA, EC or OKP)");
        } else if (key.isPrivate()) {
          problems.add("keys[" + i + "]: a private key (expected: its public part only)");
        }
      } catch (ParseException e) {
        problems.add("keys[" + i + "]: " + e.getMessage() + " (expected: a JSON Web Key)");
      }
    }
    return problems;
  }

  private static List<?> keys(String text) throws ParseException {
    Map<String, Object> set;
    try {
      set = JSONObjectUtils.parse(text);
    } catch (ParseException e) {
      throw new ParseException("not a JSON object (expected: a JSON Web Key Set)", 0);
    }
    if (set.get("keys") instanceof List<?> keys) {
      return keys;
    }
    throw new ParseException("no list of keys in it (expected: a JSON Web Key Set)", 0);
  }

  private static JWK parse(Object key) throws ParseException {
    if (!(key instanceof Map<?, ?> fields)) {
      throw new ParseException("not a JSON object", 0);
    }
    // The library's parser makes maps with texts as keys and no others.
    @SuppressWarnings("unchecked")
    Map<String, Object> object = (Map<String, Object>) fields;
    return JWK.parse(object);
  }
}
