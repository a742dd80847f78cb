package dev.weft.engine.tokens;

import dev.weft.engine.tokens.TokenPlan.Verified;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were verified, by their hash. Bounded: when it is full it starts anew, which costs
 * each token in use one more verification. What is not valid is not kept.
 */
final class TokenCache {

  private static final int MAX = 4096;

  private final ConcurrentHashMap<String, Verified> verified = new ConcurrentHashMap<>();

  @Nullable Verified get(String key) {
    return verified.get(key);
  }

  void put(String key, Verified token) {
    if (verified.size() >= MAX) {
      verified.clear();
    }
    verified.put(key, token);
  }

  /** SHA-256, so that no token itself stays in memory. */
  static String key(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return new String(hash, StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
