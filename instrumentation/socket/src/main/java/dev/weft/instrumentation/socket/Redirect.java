package dev.weft.instrumentation.socket;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.OutboundMesh.Connection;
import dev.weft.transport.Endpoint;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Where a socket of a library that no adapter knows connects. */
final class Redirect {

  /** What the agent's own threads are called by. */
  private static final String AGENT_THREAD = "weft-";

  private Redirect() {}

  /**
   * Asks about a socket that is about to connect to {@code address}.
   *
   * @param timeout of the application in milliseconds, 0 for none
   * @return where to connect instead, and the timeout; null for as the application wants
   */
  static Object @Nullable [] of(Socket socket, @Nullable SocketAddress address, int timeout) {
    if (!(address instanceof InetSocketAddress) || socket instanceof SSLSocket) {
      return null;
    }
    InetSocketAddress wanted = (InetSocketAddress) address;
    String host = wanted.getHostString();
    if (Endpoint.isSynthetic(host) || isDecided()) {
      return null;
    }
    Connection connection = Mesh.outbound().connect(host, wanted.getPort(), wanted.getAddress());
    // Behind a SOCKS proxy it is for the proxy to know where names lead.
    if (connection == null || System.getProperty("socksProxyHost") != null) {
      return null;
    }
    await(connection);
    return follow(connection, socket, wanted, timeout);
  }

  /** Whether an adapter has left this connection alone on purpose, or it is the agent's own. */
  private static boolean isDecided() {
    return BlockingDriver.isPassingThrough()
        || Thread.currentThread().getName().startsWith(AGENT_THREAD);
  }

  private static Object @Nullable [] follow(
      Connection connection, Socket socket, InetSocketAddress wanted, int timeout) {
    String host = wanted.getHostString();
    switch (connection.start()) {
      case REDIRECT:
        ConnectLimit limit = ConnectLimit.of(connection.connectTimeoutNanos(), timeout, wanted);
        Floor.remember(socket, new OpenSocket(connection, limit));
        return new Object[] {
          connection.endpoint().socketAddress(host), limit == null ? timeout : limit.millis
        };
      case REFUSE:
        Floor.remember(socket, OpenSocket.refused(connection));
        // To what no connect begins with: the advice at its end tells why.
        return new Object[] {InetSocketAddress.createUnresolved(host, 0), timeout};
      case COUNT:
        Floor.remember(socket, new OpenSocket(connection, null));
        return null;
      default:
        return null;
    }
  }

  private static void await(Connection connection) {
    CompletionStage<?> pending = connection.pending();
    if (pending == null) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    pending.whenComplete((value, failure) -> done.countDown());
    try {
      boolean unused = done.await(connection.patienceNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
