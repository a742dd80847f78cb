package dev.weft.instrumentation.jettyclient9;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.Origin;

/**
 * Those of one client, which keeps every one for ever. Endpoints come and go, so what rested for a
 * while is forgotten when there is a new one.
 */
final class Destinations {

  private static final long REST_SECONDS = 60;

  private final HttpClient client;
  private final ConcurrentMap<Origin, HttpDestination> all;

  Destinations(HttpClient client, ConcurrentMap<Origin, HttpDestination> all) {
    this.client = client;
    this.all = all;
  }

  HttpClient client() {
    return client;
  }

  /** Called by the library while it makes one, with a lock on {@code all}. */
  void onNew() {
    Mesh.timer().execute(() -> sweep(System.nanoTime()));
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
      client.removeBean(destination);
    }
  }

  private static boolean isIdle(HttpDestination destination) {
    ConnectionPool pool = destination.getConnectionPool();
    return pool != null && pool.isEmpty() && destination.getHttpExchanges().isEmpty();
  }
}
