package dev.weft.instrumentation.nettyhttp;

import dev.weft.transport.Endpoint;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to endpoints that belong to one connection of the application, and end with
 * it: at most one per endpoint, the longest idle goes first. On the event loop.
 */
final class Upstreams {

  private static final int MOST = 4;

  /** The longest idle first. */
  private final Map<Endpoint, Upstream> idle = new LinkedHashMap<>(4);

  private boolean closed;

  /** An idle connection, which is the caller's from now on. */
  @Nullable Upstream take(Endpoint endpoint) {
    Upstream upstream = idle.remove(endpoint);
    return upstream != null && upstream.channel().isActive() ? upstream : null;
  }

  void give(Upstream upstream) {
    upstream.release();
    Upstream before = idle.remove(upstream.endpoint);
    if (before != null) {
      before.close();
    }
    if (closed || !upstream.channel().isActive()) {
      upstream.close();
      return;
    }
    idle.put(upstream.endpoint, upstream);
    if (idle.size() > MOST) {
      Iterator<Upstream> oldest = idle.values().iterator();
      Upstream gone = oldest.next();
      oldest.remove();
      gone.close();
    }
  }

  void forget(Upstream upstream) {
    idle.remove(upstream.endpoint, upstream);
  }

  void close() {
    closed = true;
    Upstream[] all = idle.values().toArray(new Upstream[0]);
    idle.clear();
    for (Upstream upstream : all) {
      upstream.close();
    }
  }
}
