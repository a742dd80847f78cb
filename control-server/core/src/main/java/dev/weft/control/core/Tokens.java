package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens and says whether one is good. The secret of a token exists in its text alone.
 *
 * <p>Thread-safe. Authenticating does no I/O; everything that changes a token does.
 */
public final class Tokens {

  /** Longer than any join token has a reason to live; who needs more makes another one. */
  public static final Duration MAX_JOIN_TTL = Duration.ofDays(365);

  private static final int ID_LENGTH = 12;
  private static final int SECRET_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int MAX_TEXT = 512;
  private static final Duration REMEMBER_EXPIRED = Duration.ofDays(7);
  private static final String ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

  /**
   * Stands for all ids that are not there, so that asking for many of them is one failing thing.
   */
  private static final String UNKNOWN = "?";

  private final TokenStore store;
  private final InstantSource clock;
  private final FailureLimit limit;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, StoredToken> tokens = new ConcurrentHashMap<>();

  public Tokens(TokenStore store, InstantSource clock) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
    this.limit = new FailureLimit(clock);
    store.tokens().forEach(token -> tokens.put(token.id(), token));
  }

  /**
   * A new token.
   *
   * @param text what its owner needs; it cannot be had again
   */
  public record Made(StoredToken token, String text) {
    @Override
    public String toString() {
      return "Made[" + token.id() + "]";
    }
  }

  /**
   * @param uses 0: without limit
   * @param pin the root that the control server shows, see {@link StoredToken#pin}
   * @throws Refused INVALID when no workload can be that, or the limits make no sense
   */
  public Made createJoin(
      String namespace, String serviceAccount, Duration ttl, int uses, String pin) throws Refused {
    try {
      // The trust domain is not part of a token; any will do to check the rest.
      WorkloadIdentity identity = new WorkloadIdentity("cluster.local", namespace, serviceAccount);
      if (identity.namespace().equals(WorkloadIdentity.SYSTEM_NAMESPACE)) {
        throw new IllegalArgumentException(
            "namespace: " + namespace + " (expected: another; this one is the control server's)");
      }
      if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(MAX_JOIN_TTL) > 0) {
        throw new IllegalArgumentException(
            "ttl: " + ttl.toSeconds() + "s (expected: 1s to " + MAX_JOIN_TTL.toDays() + "d)");
      }
      if (uses < 0) {
        throw new IllegalArgumentException(
            "uses: " + uses + " (expected: 0 for no limit, or more)");
      }
    } catch (IllegalArgumentException e) {
      throw new Refused(Refused.Reason.INVALID, String.valueOf(e.getMessage()));
    }
    store.forgetTokens(clock.instant().minus(REMEMBER_EXPIRED));
    tokens
        .values()
        .removeIf(
            token ->
                token.expires() != null
                    && token.expires().isBefore(clock.instant().minus(REMEMBER_EXPIRED)));
    Made made =
        make(
            StoredToken.Type.JOIN, namespace, serviceAccount, pin, clock.instant().plus(ttl), uses);
    return new Made(made.token(), made.text() + "." + pin);
  }

  /**
   * @param ttl null: without end
   */
  public Made createAdmin(@Nullable Duration ttl) throws Refused {
    if (ttl != null && (ttl.isNegative() || ttl.isZero())) {
      throw new Refused(
          Refused.Reason.INVALID, "ttl: " + ttl.toSeconds() + "s (expected: at least 1s)");
    }
    Instant expires = ttl == null ? null : clock.instant().plus(ttl);
    return make(StoredToken.Type.ADMIN, "", "", "", expires, 0);
  }

  private Made make(
      StoredToken.Type type,
      String namespace,
      String serviceAccount,
      String pin,
      @Nullable Instant expires,
      int uses) {
    byte[] secret = bytes(SECRET_BYTES);
    byte[] salt = bytes(SALT_BYTES);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    StoredToken token =
        new StoredToken(
            newId(),
            type,
            HexFormat.of().formatHex(salt),
            HexFormat.of().formatHex(hash(salt, text)),
            namespace,
            serviceAccount,
            pin,
            clock.instant(),
            expires,
            uses,
            0,
            null);
    store.addToken(token);
    tokens.put(token.id(), token);
    return new Made(token, type.prefix() + "." + token.id() + "." + text);
  }

  /** All tokens that are remembered, oldest first; expired and revoked ones too. */
  public List<StoredToken> all() {
    return tokens.values().stream()
        .sorted(Comparator.comparing(StoredToken::created).thenComparing(StoredToken::id))
        .toList();
  }

  /** Whether anybody could authenticate with a token of this type. */
  public boolean anyLive(StoredToken.Type type) {
    Instant now = clock.instant();
    return tokens.values().stream().anyMatch(token -> token.type() == type && token.isLive(now));
  }

  /**
   * @throws Refused NOT_FOUND
   */
  public StoredToken revoke(String id) throws Refused {
    Instant now = clock.instant();
    store.revokeToken(id, now);
    StoredToken revoked =
        tokens.computeIfPresent(
            id, (same, token) -> token.revoked() == null ? token.revokedAt(now) : token);
    if (revoked == null) {
      throw new Refused(Refused.Reason.NOT_FOUND, "token " + id + ": not found");
    }
    return revoked;
  }

  /**
   * The token whose text this is. A use is not counted, and none need be left.
   *
   * @param address of the caller, whose failures are counted
   */
  public StoredToken authenticate(StoredToken.Type type, String text, String address)
      throws AccessRefused {
    String what = type == StoredToken.Type.JOIN ? "join token" : "admin token";
    String[] parts = text.length() > MAX_TEXT ? new String[0] : text.split("\\.", -1);
    boolean isOther =
        parts.length > 0
            && parts[0].equals(
                (type == StoredToken.Type.JOIN ? StoredToken.Type.ADMIN : StoredToken.Type.JOIN)
                    .prefix());
    StoredToken token = parts.length < 3 ? null : tokens.get(parts[1]);
    String counted = token == null ? UNKNOWN : token.id();
    long wait = limit.waitSeconds(address, counted);
    if (wait > 0) {
      throw new AccessRefused(
          what + ": too many failed attempts from " + address + "; try again in " + wait + " s",
          wait);
    }
    if (isOther) {
      limit.failed(address, counted);
      throw new AccessRefused(
          "a token of the wrong kind: " + parts[0] + " (expected: " + type.prefix() + ")");
    }
    if (!isRight(type, parts, token) || token == null) {
      limit.failed(address, counted);
      throw new AccessRefused(what + ": not known to this control server");
    }
    // Only who knows the secret is told more.
    if (token.revoked() != null) {
      throw new AccessRefused(what + " " + token.id() + ": revoked at " + token.revoked());
    }
    if (token.isExpired(clock.instant())) {
      throw new AccessRefused(what + " " + token.id() + ": expired at " + token.expires());
    }
    return token;
  }

  private static boolean isRight(
      StoredToken.Type type, String[] parts, @Nullable StoredToken token) {
    if (parts.length != (type == StoredToken.Type.JOIN ? 4 : 3)
        || !parts[0].equals(type.prefix())
        || token == null
        || token.type() != type) {
      return false;
    }
    byte[] expected = HexFormat.of().parseHex(token.hash());
    byte[] given = hash(HexFormat.of().parseHex(token.salt()), parts[2]);
    return MessageDigest.isEqual(expected, given);
  }

  /**
   * Counts one use of an authenticated token.
   *
   * @param usedFor for what; the same again is the same use
   * @throws AccessRefused when none is left, or it has been revoked since
   */
  public void use(StoredToken token, String usedFor) throws AccessRefused {
    StoredToken now = store.useToken(token.id(), usedFor);
    if (now == null) {
      throw new AccessRefused(
          "join token " + token.id() + ": used up (it was good for " + token.uses() + ")");
    }
    if (now.revoked() != null) {
      throw new AccessRefused("join token " + token.id() + ": revoked at " + now.revoked());
    }
    tokens.computeIfPresent(
        token.id(),
        (same, known) -> known.revoked() == null && known.used() <= now.used() ? now : known);
  }

  private String newId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] hash(byte[] salt, String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return digest.digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
