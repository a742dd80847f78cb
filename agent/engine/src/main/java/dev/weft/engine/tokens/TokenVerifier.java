package dev.weft.engine.tokens;

import java.util.Map;

/**
 * Reads JSON Web Tokens and checks their signatures. Called on the application's threads: does not
 * block, bounds what it reads. Thread-safe.
 */
public interface TokenVerifier {

  /** Knows no key, so that no token is valid. */
  TokenVerifier NONE =
      new TokenVerifier() {
        @Override
        public Keys keys(String jwks, boolean secrets) {
          throw new IllegalArgumentException("jwks: this agent has no verifier of tokens");
        }

        @Override
        public Token read(String text) throws InvalidToken {
          throw new InvalidToken(InvalidToken.VERIFICATION);
        }
      };

  /**
   * Reads a JSON Web Key Set; once per change of policy.
   *
   * @param secrets whether symmetric keys are taken: only from who wrote the policy, never from
   *     what was fetched
   * @throws IllegalArgumentException with the reason, where it has no key that can be used
   */
  Keys keys(String jwks, boolean secrets);

  /** Reads a token in compact form, and trusts nothing in it. */
  Token read(String text) throws InvalidToken;

  /** Keys of one issuer. Immutable. */
  interface Keys {}

  /** A token that was read. Immutable. */
  interface Token {

    /** The payload: texts, numbers, booleans, {@code List} and {@code Map} of them, null. */
    Map<String, Object> claims();

    /** The payload as it was sent, in base64url. */
    String payload();

    /**
     * Checks the signature; the key decides which algorithms are possible.
     *
     * @param keys made by the same verifier
     */
    void verify(Keys keys) throws InvalidToken;
  }
}
