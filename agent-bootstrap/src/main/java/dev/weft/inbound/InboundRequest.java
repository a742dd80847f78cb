package dev.weft.inbound;

import dev.weft.outbound.HeaderMutations;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Collections;
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
   * The path, decoded and without query, by which the server chooses the application's code; null
   * where the adapter cannot tell. Where it differs from what {@link #path()} means to everybody
   * else, a policy must hold for both.
   */
  public @Nullable String dispatchPath() {
    return null;
  }

  /**
   * The value of a header, repeated ones joined by {@code ,}; null when absent.
   *
   * @param name in lower case
   */
  public abstract @Nullable String header(String name);

  /** The names of all headers, in lower case; empty where the adapter cannot list them. */
  public Collection<String> headerNames() {
    return Collections.emptyList();
  }

  /**
   * The direct peer as the socket knows it, before any {@code X-Forwarded-For} or valve that
   * believes it: the peer's verified identity is found by it. Null where the server does not tell,
   * and where it may have been rewritten.
   */
  public abstract @Nullable InetSocketAddress peerAddress();

  /** The port on which it arrived. */
  public abstract int localPort();

  /**
   * The connection under a request, as the adapter of a container knows it, for the adapter that
   * sees the request itself: put on the request as the attribute {@link #ATTRIBUTE}.
   */
  public interface Connection {

    /** Name of the request attribute. */
    String ATTRIBUTE = "dev.weft.connection";

    /** The raw address of the peer. */
    InetSocketAddress peerAddress();

    int localPort();

    /** Changes the headers that the application sees; on the request's thread, before it does. */
    void changeHeaders(HeaderMutations changes);

    /** Breaks off the exchange, with its connection or its stream; on any thread. */
    void abort();
  }
}
