package dev.weft.control.core;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps tokens. Thread-safe; what a call returned survives the death of the process. */
public interface TokenStore {

  /** All tokens, in no order. */
  List<StoredToken> tokens();

  void addToken(StoredToken token);

  /**
   * Counts one use, in one transaction with the question whether one is left. The same {@code
   * usedFor} again is the same use: an answer that was lost on its way may be asked for again.
   *
   * @return the token as it is now; null when no use is left, or no such token is there
   */
  @Nullable StoredToken useToken(String id, String usedFor);

  /** Marks a token as revoked; does nothing where there is none. */
  void revokeToken(String id, Instant at);

  /** Forgets tokens that expired before {@code time}, and what they were used for. */
  void forgetTokens(Instant time);
}
