package dev.weft.control.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a token: everything but the secret.
 *
 * @param salt hexadecimal
 * @param hash SHA-256 of salt and secret, hexadecimal
 * @param namespace of the workloads that may join by it; empty for {@link Type#ADMIN}
 * @param serviceAccount of the workloads that may join by it; empty for {@link Type#ADMIN}
 * @param pin the root that the token vouches for: SHA-256 of its DER, base64url; empty for {@link
 *     Type#ADMIN}
 * @param expires null: never
 * @param uses how often it may be used; 0: without limit
 * @param used how often it was used
 * @param revoked null: it was not
 */
public record StoredToken(
    String id,
    Type type,
    String salt,
    String hash,
    String namespace,
    String serviceAccount,
    String pin,
    Instant created,
    @Nullable Instant expires,
    int uses,
    int used,
    @Nullable Instant revoked) {

  /** What a token is good for. */
  public enum Type {
    /** A workload's first certificate. */
    JOIN("weft-join"),
    /** Everything that the REST API can do. */
    ADMIN("weft-admin");

    private final String prefix;

    Type(String prefix) {
      this.prefix = prefix;
    }

    /** How the text of such a token begins. */
    public String prefix() {
      return prefix;
    }
  }

  public boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }

  public boolean isUsedUp() {
    return uses > 0 && used >= uses;
  }

  /** Whether somebody could still use it. */
  public boolean isLive(Instant now) {
    return revoked == null && !isExpired(now) && !isUsedUp();
  }

  StoredToken revokedAt(Instant at) {
    return new StoredToken(
        id, type, salt, hash, namespace, serviceAccount, pin, created, expires, uses, used, at);
  }
}
