package dev.weft.instrumentation.httpurlconnection;

import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Where one attempt goes. Bound to the thread while the JDK works on the attempt: it connects, and
 * looks into its pool, on the thread that asks it for the response.
 *
 * <p>Whatever else happens on that thread meanwhile (an application's cookie handler that sends a
 * request of its own) is told apart by the attempt's own URL object.
 */
final class Route {

  private static final ThreadLocal<Route> CURRENT = new ThreadLocal<>();

  /** The JDK's connections that go to an endpoint of ours. */
  private static final WeakIdentityMap<Connected> CONNECTED = new WeakIdentityMap<>();

  private final URL url;
  private final Endpoint endpoint;
  private @Nullable Object connectedHere;
  private volatile @Nullable Socket socket;
  private volatile boolean connected;
  private volatile boolean aborted;

  Route(URL url, Endpoint endpoint) {
    this.url = url;
    this.endpoint = endpoint;
  }

  static boolean isFor(URL url) {
    return of(url) != null;
  }

  /** The route of the attempt that runs on this thread, when {@code url} is its URL. */
  // This very URL is meant; equals would look the host names up.
  @SuppressWarnings("ReferenceEquality")
  static @Nullable Route of(URL url) {
    Route route = CURRENT.get();
    return route != null && route.url == url ? route : null;
  }

  /** The route of the attempt that runs on this thread, when it would connect to this address. */
  static @Nullable Route to(String host, int port) {
    Route route = CURRENT.get();
    if (route == null || !route.url.getHost().equals(host)) {
      return null;
    }
    int named = route.url.getPort();
    return (named < 0 ? route.url.getDefaultPort() : named) == port ? route : null;
  }

  /** The endpoint that one of the JDK's connections goes to; null when it is none of ours. */
  static @Nullable Endpoint endpointOf(Object client) {
    Connected connected = CONNECTED.get(client);
    return connected == null ? null : connected.endpoint;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Does a step of the attempt. */
  <T> T call(Callable<T> step) throws Exception {
    Route before = CURRENT.get();
    CURRENT.set(this);
    try {
      return step.call();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /**
   * Connects for one of the JDK's connections, as it would have done itself.
   *
   * @param connectTimeout milliseconds, negative or 0 for none; the same for {@code readTimeout}
   */
  Socket connect(Object client, int connectTimeout, int readTimeout) throws IOException {
    if (aborted || client == connectedHere) {
      // The JDK sends once more, unseen, when a connection breaks. On a pooled connection that
      // went stale it may, as it always did; on one made for this attempt the engine decides.
      throw new SocketException("Unexpected end of file from server");
    }
    Socket made = new Socket(Proxy.NO_PROXY);
    // Known before it connects, so that a deadline can break the connect, too.
    use(made);
    try {
      made.connect(endpoint.socketAddress(), Math.max(connectTimeout, 0));
      if (readTimeout > 0) {
        made.setSoTimeout(readTimeout);
      }
    } catch (IOException | RuntimeException failure) {
      made.close();
      throw failure;
    }
    connectedHere = client;
    connected = true;
    CONNECTED.put(client, new Connected(endpoint, made));
    return made;
  }

  /** The JDK took {@code client} from its pool. */
  void took(Object client) {
    Connected known = CONNECTED.get(client);
    if (known != null) {
      connected = true;
      use(known.socket);
    }
  }

  private void use(Socket used) {
    socket = used;
    if (aborted) {
      abort();
    }
  }

  /** Whether the attempt ever had a connection. */
  boolean connected() {
    return connected;
  }

  /** Closes the connection of the attempt, and keeps it from making another. */
  void abort() {
    aborted = true;
    Socket used = socket;
    if (used != null) {
      try {
        used.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }

  private static final class Connected {
    final Endpoint endpoint;
    final Socket socket;

    Connected(Endpoint endpoint, Socket socket) {
      this.endpoint = endpoint;
      this.socket = socket;
    }
  }
}
