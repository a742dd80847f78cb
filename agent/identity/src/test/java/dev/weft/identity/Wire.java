package dev.weft.identity;

import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collections;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One TLS connection over loopback, made as adapters make it. */
final class Wire implements AutoCloseable {

  final SSLSocket client;
  final SSLSocket server;

  private final Socket below;

  private Wire(SSLSocket client, SSLSocket server, Socket below) {
    this.client = client;
    this.server = server;
    this.below = below;
  }

  /**
   * Handshakes; the server asks for a certificate.
   *
   * @throws IOException what the side that did not believe the other said
   */
  static Wire open(
      SSLContext clientContext,
      String peerHost,
      @Nullable String serverName,
      SSLContext serverContext,
      String protocol)
      throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket raw = new Socket(listener.getInetAddress(), listener.getLocalPort());
      Socket accepted = listener.accept();
      raw.setSoTimeout(10_000);
      accepted.setSoTimeout(10_000);
      SSLSocket server =
          (SSLSocket) serverContext.getSocketFactory().createSocket(accepted, "127.0.0.1", 1, true);
      server.setUseClientMode(false);
      server.setNeedClientAuth(true);
      SSLSocket client =
          (SSLSocket)
              clientContext
                  .getSocketFactory()
                  .createSocket(raw, peerHost, listener.getLocalPort(), true);
      client.setEnabledProtocols(new String[] {protocol});
      if (serverName != null) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setServerNames(Collections.singletonList(new SNIHostName(serverName)));
        client.setSSLParameters(parameters);
      }
      Future<@Nullable Void> serving =
          thread.submit(
              () -> {
                server.startHandshake();
                // Makes the client's late alert of TLS 1.3 visible, and is its session ticket's
                // ride.
                server.getOutputStream().write('!');
                if (server.getInputStream().read() != '?') {
                  throw new IOException("the client did not go on");
                }
                return null;
              });
      try {
        client.startHandshake();
        client.getOutputStream().write('?');
        if (client.getInputStream().read() != '!') {
          throw new IOException("the server did not go on");
        }
      } catch (IOException ofClient) {
        raw.close();
        IOException ofServer = failure(serving);
        // The one who refused knows why; the other only hears an alert.
        throw ofServer != null && isReason(ofServer) ? ofServer : ofClient;
      }
      serving.get(10, TimeUnit.SECONDS);
      return new Wire(client, server, raw);
    } finally {
      thread.shutdownNow();
    }
  }

  /** As {@link #open}, with the second look that adapters take. */
  static Wire open(ClientTls tls, String peerHost, SSLContext serverContext, String protocol)
      throws Exception {
    Wire wire = open(tls.context(), peerHost, tls.serverName(), serverContext, protocol);
    tls.verify(wire.client.getSession());
    return wire;
  }

  private static @Nullable IOException failure(Future<?> serving) throws Exception {
    try {
      serving.get(10, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException) {
        return (IOException) e.getCause();
      }
      throw e;
    }
  }

  private static boolean isReason(IOException failure) {
    return failure.getCause() instanceof java.security.cert.CertificateException
        || String.valueOf(failure.getMessage()).contains("certificate of")
        || String.valueOf(failure.getMessage()).contains("SPIFFE");
  }

  /** The address under which the server knows the client. */
  InetSocketAddress remote() {
    return (InetSocketAddress) server.getRemoteSocketAddress();
  }

  /** Whether bytes still pass, both ways. */
  boolean works() throws IOException {
    client.getOutputStream().write(7);
    boolean there = server.getInputStream().read() == 7;
    server.getOutputStream().write(8);
    return there && client.getInputStream().read() == 8;
  }

  /** Without the goodbye of TLS, for which each side would wait for the other. */
  @Override
  public void close() throws IOException {
    below.close();
  }
}
