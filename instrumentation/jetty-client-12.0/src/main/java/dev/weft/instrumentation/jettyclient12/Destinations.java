package dev.weft.instrumentation.jettyclient12;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.transport.HttpDestination;

/**
 * Those of one client, which keeps every one for ever unless the application said otherwise.
 * Endpoints come and go, so what rested for a while is forgotten when there is a new one.
 */
final class Destinations {

  private static final long REST_SECONDS = 60;

  private final HttpClient client;
  private final ConcurrentMap<Origin, HttpDestination> all;

  Destinations(HttpClient client, ConcurrentMap<Origin, HttpDestination> all) {
    this.client = client;
    this.all = all;
  }

  /** A request is about to ask for that of {@code origin}. */
  void onAsked(Origin origin) {
    if (!all.containsKey(origin)) {
      Mesh.timer().execute(() -> sweep(System.nanoTime()));
    }
  }

  void sweep(long now) {
    for (HttpDestination destination : all.values()) {
      Object tag = destination.getOrigin().getTag();
      if (tag instanceof MeshTag
          && ((MeshTag) tag).rests(isIdle(destination), now)
              > TimeUnit.SECONDS.toNanos(REST_SECONDS)
          && all.remove(destination.getOrigin(), destination)) {
        // A request that has just found it may still be sent there.
        Mesh.timer().schedule(() -> forget(destination), REST_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  /** Stops it, too. */
  private void forget(HttpDestination destination) {
    if (isIdle(destination)) {
      client.removeDestination(destination);
    }
  }

  private static boolean isIdle(HttpDestination destination) {
    ConnectionPool pool = destination.getConnectionPool();
    return pool != null && pool.isEmpty() && destination.getHttpExchanges().isEmpty();
  }
}
