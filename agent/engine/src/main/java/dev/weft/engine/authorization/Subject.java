package dev.weft.engine.authorization;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.address.IpLiteral;
import dev.weft.engine.tokens.Claims;
import dev.weft.model.InboundPolicy.PathNormalization;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request, or one connection, as policies ask about it. For one thread; lives as long as one
 * decision.
 */
public final class Subject {

  private static final String SPIFFE = "spiffe://";

  /** Headers of a request; of one that is long under way only some are known. */
  public interface Headers {

    /**
     * @param name in lower case
     */
    @Nullable String value(String name);

    /** Whether null means that there is none. */
    boolean isKnown(String name);
  }

  private static final Headers UNREAD =
      new Headers() {
        @Override
        public @Nullable String value(String name) {
          return null;
        }

        @Override
        public boolean isKnown(String name) {
          return false;
        }
      };

  final String method;
  final String authority;
  final int port;
  final Headers headers;
  final @Nullable Claims claims;

  /** {@code trust-domain/ns/namespace/sa/account}; null for a peer that has proven nothing. */
  final @Nullable String principal;

  /** False for a connection: nothing is known of its requests. */
  final boolean isRequest;

  private final String path;
  private final @Nullable String dispatchPath;
  private final @Nullable InetSocketAddress peer;
  private @Nullable List<String> views;
  private boolean viewsKnown;

  /**
   * @param path may have a query
   * @param dispatchPath null where the server does not tell
   * @param peer raw address; null where the server does not tell
   * @param peerId the peer's SPIFFE ID; null for plaintext
   * @param claims of a verified token; null for none
   */
  public Subject(
      String method,
      String authority,
      String path,
      @Nullable String dispatchPath,
      int port,
      @Nullable InetSocketAddress peer,
      @Nullable String peerId,
      @Nullable Claims claims,
      Headers headers) {
    this(true, method, authority, path, dispatchPath, port, peer, peerId, claims, headers);
  }

  private Subject(
      boolean isRequest,
      String method,
      String authority,
      String path,
      @Nullable String dispatchPath,
      int port,
      @Nullable InetSocketAddress peer,
      @Nullable String peerId,
      @Nullable Claims claims,
      Headers headers) {
    this.isRequest = isRequest;
    this.method = requireNonNull(method, "method");
    this.authority = requireNonNull(authority, "authority");
    int query = path.indexOf('?');
    this.path = query < 0 ? path : path.substring(0, query);
    this.dispatchPath = dispatchPath;
    this.port = port;
    this.peer = peer;
    this.principal =
        peerId == null
            ? null
            : peerId.startsWith(SPIFFE) ? peerId.substring(SPIFFE.length()) : peerId;
    this.claims = claims;
    this.headers = requireNonNull(headers, "headers");
  }

  /**
   * A connection whose requests nobody sees.
   *
   * @param peerId the peer's SPIFFE ID; null for plaintext
   */
  public static Subject ofConnection(
      int port, @Nullable InetSocketAddress peer, @Nullable String peerId) {
    return new Subject(false, "", "", "/", null, port, peer, peerId, null, UNREAD);
  }

  /** Without query, as it came. */
  String path() {
    return path;
  }

  /** See {@link PathViews#of}. */
  @Nullable List<String> views(PathNormalization normalization) {
    if (!viewsKnown) {
      views = PathViews.of(path, dispatchPath, normalization);
      viewsKnown = true;
    }
    return views;
  }

  /** The address of the direct peer; null when unknown. */
  byte @Nullable [] sourceIp() {
    InetAddress address = peer == null ? null : peer.getAddress();
    return address == null ? null : address.getAddress();
  }

  /**
   * The address of the client that the trusted proxies speak for: as many entries of {@code
   * X-Forwarded-For} from the right as there are proxies, and the direct peer where there are
   * fewer; null when unknown or unreadable.
   */
  byte @Nullable [] remoteIp(int trustedProxies) {
    if (trustedProxies <= 0) {
      return sourceIp();
    }
    if (!headers.isKnown("x-forwarded-for")) {
      return null;
    }
    String forwarded = headers.value("x-forwarded-for");
    String[] entries = forwarded == null ? new String[0] : forwarded.split(",", -1);
    if (entries.length < trustedProxies) {
      return sourceIp();
    }
    return IpLiteral.parse(withoutPort(entries[entries.length - trustedProxies].trim()));
  }

  private static String withoutPort(String address) {
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    int colon = address.indexOf(':');
    return colon >= 0 && colon == address.lastIndexOf(':') ? address.substring(0, colon) : address;
  }

  /** A part of the principal: 0 trust domain, 1 namespace, 2 service account; null for none. */
  @Nullable String part(int index) {
    if (principal == null) {
      return null;
    }
    String[] parts = principal.split("/", -1);
    return parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa")
        ? parts[2 * index]
        : null;
  }
}
