package dev.weft.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What {@code retries} may say, and what its conditions mean. */
final class RetryRules {

  /** Istio's default conditions, which name no status code: a plain 503 is not repeated. */
  static final Set<String> DEFAULT_CONDITIONS =
      Collections.unmodifiableSet(
          new LinkedHashSet<>(
              Arrays.asList(
                  "connect-failure",
                  "refused-stream",
                  "unavailable",
                  "cancelled",
                  "retriable-status-codes")));

  static final int DEFAULT_ATTEMPTS = 2;

  private static final Set<String> CONDITIONS =
      new HashSet<>(
          Arrays.asList(
              "5xx",
              "gateway-error",
              "reset",
              "reset-before-request",
              "connect-failure",
              "envoy-ratelimited",
              "retriable-4xx",
              "refused-stream",
              "retriable-status-codes",
              "cancelled",
              "deadline-exceeded",
              "resource-exhausted",
              "internal",
              "unavailable"));

  private static final Set<String> WITHOUT_EFFECT =
      new HashSet<>(Arrays.asList("retriable-headers", "http3-post-connect-failure"));

  private final Rules rules;

  RetryRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node retries) {
    if (!retries.present()) {
      return;
    }
    if (retries.get("attempts").integer(0) == 0) {
      for (String field :
          new String[] {"perTryTimeout", "retryOn", "backoff", "retryRemoteLocalities"}) {
        if (!Rules.isEmpty(retries.get(field))) {
          rules.error(retries.get(field), "is set while attempts is 0 (expected: attempts >= 1)");
        }
      }
    }
    Node perTry = retries.get("perTryTimeout");
    if (perTry.nanos(-1) == 0) {
      rules.warning(perTry, "0s is no timeout per try; leave the field out");
    }
    Node retryOn = retries.get("retryOn");
    for (String token : tokens(retryOn.text())) {
      if (WITHOUT_EFFECT.contains(token)) {
        rules.noEffect(retryOn, token + " cannot happen here");
      } else if (!isCondition(token) && statusCode(token) < 0) {
        String nearest = ShapeCheck.Words.nearest(token, CONDITIONS);
        rules.wrong(
            retryOn,
            Trees.brief(token)
                + " to be a condition of Envoy or a status code"
                + (nearest == null ? "" : "; did you mean " + nearest + "?"));
      }
    }
  }

  static List<String> tokens(String retryOn) {
    List<String> tokens = new ArrayList<>();
    for (String token : retryOn.split(",")) {
      if (!token.trim().isEmpty()) {
        tokens.add(token.trim());
      }
    }
    return tokens;
  }

  static boolean isCondition(String token) {
    return CONDITIONS.contains(token);
  }

  /** -1 when {@code token} is no HTTP status. */
  static int statusCode(String token) {
    if (token.length() != 3 || !token.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int code = Integer.parseInt(token);
    return code >= 100 && code <= 599 ? code : -1;
  }
}
