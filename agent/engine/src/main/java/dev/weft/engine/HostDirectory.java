package dev.weft.engine;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Fetches policy for hosts that the application calls for the first time. The control client
 * implements it, the engine asks.
 */
public interface HostDirectory {

  /** Knows no more than what was applied already. */
  HostDirectory NONE = name -> null;

  /**
   * Subscribes to a route table, if that was not done before. Quick and non-blocking; called on
   * application threads.
   *
   * @param routeTable {@code host:port}, see {@link dev.weft.model.RouteTable#name()}
   * @return completes when the table was applied; null when waiting is pointless (no control server
   *     can be reached now, or too many hosts)
   */
  @Nullable CompletionStage<?> request(String routeTable);
}
