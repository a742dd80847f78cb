package dev.weft.inbound;

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

  /** The server on {@code port} was stopped. */
  void closed(int port);
}
