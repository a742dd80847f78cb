package dev.weft.outbound;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter shows of a request that leaves: a view over the library's own object, which
 * copies nothing. Read on the thread that runs the driver, before and between attempts, never
 * during one.
 */
public abstract class OutboundRequest {

  /** The method as the caller wrote it, for example {@code GET}. */
  public abstract String method();

  /** {@code http} or {@code https}, in lower case. */
  public abstract String scheme();

  /**
   * Host and, where the caller named one, port: what the request would carry as {@code Host} or
   * {@code :authority}. Where the caller set a {@code Host} header of its own, that header.
   */
  public abstract String authority();

  /**
   * The port that the caller addressed: the one in the URL, or the scheme's default (80, 443). Not
   * the one of a {@code Host} header.
   */
  public abstract int port();

  /**
   * Path and query as they would be sent, still percent-encoded: starts with {@code /}; an empty
   * path is {@code /}; no fragment.
   */
  public abstract String path();

  /**
   * The value of a header, repeated ones joined by {@code ,} in their order; null when absent.
   *
   * @param name in lower case
   */
  public abstract @Nullable String header(String name);

  /**
   * Whether the body can be sent once more <em>now</em>. Asked only when a retry is considered,
   * since some libraries answer truly only after the body was sent once. A request without body is
   * replayable.
   */
  public abstract boolean isReplayable();
}
