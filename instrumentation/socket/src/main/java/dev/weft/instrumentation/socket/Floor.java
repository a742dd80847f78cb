package dev.weft.instrumentation.socket;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import dev.weft.transport.TransportSecurity.Refusal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** What is known of open sockets; mutual TLS over those whose owners believe in plaintext. */
final class Floor {

  /** How long a handshake may take where the connect has no limit: milliseconds. */
  private static final int HANDSHAKE_TIMEOUT = 10_000;

  private static final WeakIdentityMap<OpenSocket> OPEN = new WeakIdentityMap<>(OpenSocket::closed);

  private Floor() {}

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
    SSLParameters parameters = secure.getSSLParameters();
    tls.setServerName(parameters);
    secure.setSSLParameters(parameters);
    int readTimeout = socket.getSoTimeout();
    socket.setSoTimeout(timeout > 0 ? timeout : HANDSHAKE_TIMEOUT);
    try {
      secure.startHandshake();
      tls.verify(secure.getSession());
    } catch (SSLException e) {
      Mesh.transport().refused(peer, Refusal.HANDSHAKE);
      throw e;
    }
    socket.setSoTimeout(readTimeout);
    OpenSocket open = OPEN.get(socket);
    if (open == null) {
      open = new OpenSocket();
      OPEN.put(socket, open);
    }
    open.secure(secure.getInputStream(), secure.getOutputStream());
  }

  /** The connection is there, TLS included. */
  static void connected(Socket socket, OpenSocket open) {
    open.connected();
    if (socket.isClosed()) {
      // Meanwhile, by another thread.
      closed(socket);
    }
  }

  /** The application closes it. */
  static void closed(Socket socket) {
    OpenSocket open = OPEN.get(socket);
    if (open != null && open.isConnected()) {
      OPEN.remove(socket);
      open.closed();
    }
  }

  static void remember(Socket socket, OpenSocket open) {
    OPEN.put(socket, open);
  }

  static @Nullable OpenSocket of(Socket socket) {
    return OPEN.get(socket);
  }

  /** The connection is not there, or not secure. */
  static void failed(Socket socket, Throwable failure) {
    OpenSocket open = OPEN.remove(socket);
    if (open != null) {
      open.failed(failure);
    }
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
