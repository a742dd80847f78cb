package dev.weft.inbound;

import java.util.Collections;
import java.util.Set;

/**
 * Hears which ports the application's servers have open: they are what is registered for other
 * services to call. Implementations are quick and never throw.
 */
public interface ServerPorts {

  ServerPorts IGNORED =
      new ServerPorts() {
        @Override
        public void opened(int port, String protocol, boolean tls) {}

        @Override
        public void closed(int port) {}
      };

  /**
   * A server accepts on {@code port} from now on. Saying it twice has no effect.
   *
   * @param protocol {@code http}, {@code http2} or {@code grpc}
   * @param tls whether the application terminates TLS on it itself
   */
  void opened(int port, String protocol, boolean tls);

  /**
   * Like {@link #opened}, by an adapter that decides every request which comes in on {@code port}
   * but puts no TLS there: the inlet keeps the port, and leaves authorization to the requests.
   */
  default void openedForInlet(int port, String protocol) {
    opened(port, protocol, false);
  }

  /** The server on {@code port} was stopped. */
  void closed(int port);

  /**
   * The ports that the user gave to the inlet, which puts TLS of ours in front of servers that no
   * adapter knows; the same as long as the JVM runs, empty for none.
   */
  default Set<Integer> inletPorts() {
    return Collections.emptySet();
  }

  /**
   * Whether a connection accepted on {@code port} is the inlet's: not where an adapter has told
   * {@link #opened}. Asked for every connection.
   */
  default boolean isInlet(int port) {
    return false;
  }

  /**
   * Whether every request on {@code port} is decided, so that its connections need not be: where an
   * adapter has told {@link #openedForInlet}. Asked for every connection of the inlet.
   */
  default boolean decidesRequests(int port) {
    return false;
  }

  /**
   * Something listens on {@code port}, one of {@link #inletPorts}; an adapter may yet tell more.
   */
  default void listening(int port) {}
}
