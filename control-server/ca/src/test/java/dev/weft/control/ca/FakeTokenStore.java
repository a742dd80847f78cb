package dev.weft.control.ca;

import dev.weft.control.core.StoredToken;
import dev.weft.control.core.TokenStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tokens in memory, each of which can be used for ever. */
final class FakeTokenStore implements TokenStore {

  private final Map<String, StoredToken> tokens = new ConcurrentHashMap<>();

  @Override
  public List<StoredToken> tokens() {
    return List.copyOf(tokens.values());
  }

  @Override
  public void addToken(StoredToken token) {
    tokens.put(token.id(), token);
  }

  @Override
  public @Nullable StoredToken useToken(String id, String usedFor) {
    return tokens.get(id);
  }

  @Override
  public void revokeToken(String id, Instant at) {
    // The caller remembers it.
  }

  @Override
  public void forgetTokens(Instant time) {
    // Nothing is old here.
  }
}
