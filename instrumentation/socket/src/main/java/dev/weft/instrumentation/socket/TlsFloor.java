package dev.weft.instrumentation.socket;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Collections;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Mutual TLS over sockets whose owners believe in plaintext. */
final class TlsFloor {

  /** How long a handshake may take where the connect has no limit: milliseconds. */
  private static final int HANDSHAKE_TIMEOUT = 10_000;

  private static final WeakIdentityMap<Secured> SECURED = new WeakIdentityMap<>();

  private TlsFloor() {}

  /** The synthetic name of the mutual-TLS endpoint that {@code address} is; null for any other. */
  static @Nullable String mutualTlsPeer(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress)) {
      return null;
    }
    String host = ((InetSocketAddress) address).getHostString();
    return Endpoint.isTls(host) ? host : null;
  }

  /**
   * Handshakes over a connected socket; from then on its streams are those of TLS.
   *
   * @param timeout of the connect in milliseconds, 0 for none
   */
  static void secure(Socket socket, String peer, int timeout) throws IOException {
    if (socket instanceof SSLSocket) {
      return;
    }
    ClientTls tls = Mesh.transport().client(peer);
    if (tls == null) {
      throw new ConnectException(
          peer + " must be reached by mutual TLS, and this workload has no certificate for it");
    }
    SSLSocket secure =
        (SSLSocket)
            tls.context().getSocketFactory().createSocket(socket, peer, socket.getPort(), true);
    String serverName = tls.serverName();
    if (serverName != null) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setServerNames(Collections.singletonList(new SNIHostName(serverName)));
      secure.setSSLParameters(parameters);
    }
    int readTimeout = socket.getSoTimeout();
    socket.setSoTimeout(timeout > 0 ? timeout : HANDSHAKE_TIMEOUT);
    secure.startHandshake();
    tls.verify(secure.getSession());
    socket.setSoTimeout(readTimeout);
    SECURED.put(socket, new Secured(secure.getInputStream(), secure.getOutputStream()));
  }

  static @Nullable Secured over(Socket socket) {
    return SECURED.get(socket);
  }

  static void forget(Socket socket) {
    SECURED.remove(socket);
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  /** The streams of a TLS connection, kept so that nothing can fail when they are asked for. */
  static final class Secured {
    final InputStream input;
    final OutputStream output;

    Secured(InputStream input, OutputStream output) {
      this.input = input;
      this.output = output;
    }
  }
}
