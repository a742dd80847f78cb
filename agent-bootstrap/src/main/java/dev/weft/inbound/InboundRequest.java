package dev.weft.inbound;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server adapter shows of a request that arrived: a view, which copies nothing and is read
 * only during {@link InboundMesh#open}.
 */
public abstract class InboundRequest {

  public abstract String method();

  /** {@code http} or {@code https} as the application sees it. */
  public abstract String scheme();

  /** The {@code Host} header or {@code :authority}; empty when there was none. */
  public abstract String authority();

  /** Path and query as they arrived, still percent-encoded; starts with {@code /}. */
  public abstract String path();

  /**
   * The value of a header, repeated ones joined by {@code ,}; null when absent.
   *
   * @param name in lower case
   */
  public abstract @Nullable String header(String name);

  /** The direct peer, before any {@code X-Forwarded-For}; null where the server does not tell. */
  public abstract @Nullable InetSocketAddress peerAddress();

  /** The port on which it arrived. */
  public abstract int localPort();
}
