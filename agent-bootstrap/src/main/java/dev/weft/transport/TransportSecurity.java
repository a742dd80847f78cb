package dev.weft.transport;

import java.net.InetSocketAddress;
import java.util.Collections;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What the TLS seams of adapters ask. Called on the application's threads at connection time, never
 * per request; does not block.
 */
public interface TransportSecurity {

  /** No TLS of ours anywhere. */
  TransportSecurity PLAINTEXT =
      new TransportSecurity() {
        @Override
        public @Nullable ClientTls client(String peerHost) {
          return null;
        }

        @Override
        public ServerTls server(int localPort) {
          return ServerTls.DISABLED;
        }

        @Override
        public void connected(InetSocketAddress remote, int localPort, SSLSession session) {}

        @Override
        public void disconnected(InetSocketAddress remote, int localPort) {}
      };

  /**
   * How to reach the endpoint with this synthetic name; null when it is plaintext or not ours.
   * Where {@link Endpoint#tls()} says so and this gives null, the connect must be refused.
   */
  @Nullable ClientTls client(String peerHost);

  /**
   * A connection to an endpoint that must be reached by TLS of ours was refused for another reason
   * than that {@link #client} gave null: counted, so that operators see it. Never throws.
   *
   * @param peerHost the synthetic name
   */
  default void refused(String peerHost, Refusal reason) {}

  /** How to accept on a port of the application. Asked for every new connection. */
  ServerTls server(int localPort);

  /**
   * A handshake on a server port is over: {@code session} holds the peer's verified certificate.
   *
   * @param remote the raw address of the peer
   */
  void connected(InetSocketAddress remote, int localPort, SSLSession session);

  /** The connection is gone. */
  void disconnected(InetSocketAddress remote, int localPort);

  /** Why a connection to an endpoint that must be reached by TLS of ours was refused. */
  enum Refusal {
    /** There is no certificate of ours, or it has expired, or the endpoint is gone. */
    NO_CERTIFICATE,
    /** The peer speaks no TLS, or did not prove the identity that was expected. */
    HANDSHAKE,
    /** Nobody put TLS in: what was about to leave was plaintext. */
    PLAINTEXT
  }

  /** The client's side of TLS to one set of expected identities: mutual in the mesh. */
  interface ClientTls {
    /**
     * A context that presents our certificate, where it shall, and whose trust manager finds the
     * expected identities by the handshake's peer host: create sockets and engines with {@link
     * Endpoint#peerHost()}.
     */
    SSLContext context();

    /** What to send as server name (SNI); null to leave that to the socket or engine. */
    default @Nullable String serverName() {
      return null;
    }

    /** Puts {@link #serverName()} into {@code parameters}, where there is one. */
    default void setServerName(SSLParameters parameters) {
      String serverName = serverName();
      if (serverName != null) {
        parameters.setServerNames(Collections.singletonList(new SNIHostName(serverName)));
      }
    }

    /**
     * Checks the peer once more after the handshake; covers resumed sessions, which skip the trust
     * manager.
     */
    void verify(SSLSession session) throws SSLPeerUnverifiedException;
  }

  /** The server's side for one port. */
  final class ServerTls {
    /** As PeerAuthentication names them. */
    public enum Mode {
      DISABLE,
      PERMISSIVE,
      STRICT
    }

    public static final ServerTls DISABLED = new ServerTls(Mode.DISABLE, null);

    private final Mode mode;
    private final @Nullable SSLContext context;

    public ServerTls(Mode mode, @Nullable SSLContext context) {
      this.mode = mode;
      this.context = context;
    }

    public Mode mode() {
      return mode;
    }

    /** Asks for the client's certificate and verifies it; null when disabled. */
    public @Nullable SSLContext context() {
      return context;
    }
  }
}
