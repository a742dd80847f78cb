package dev.weft.instrumentation.socket;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.OutboundMesh.Connection;
import dev.weft.transport.Endpoint;
import java.net.ConnectException;
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
   * @return where to connect instead; null for {@code address}
   */
  static @Nullable SocketAddress of(Socket socket, @Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress) || socket instanceof SSLSocket) {
      return null;
    }
    InetSocketAddress wanted = (InetSocketAddress) address;
    String host = wanted.getHostString();
    if (Endpoint.isSynthetic(host) || isDecided()) {
      return null;
    }
    boolean resolved = !wanted.isUnresolved();
    Connection connection = Mesh.outbound().connect(host, wanted.getPort(), resolved);
    // Behind a SOCKS proxy it is for the proxy to know where names lead.
    if (connection == null || System.getProperty("socksProxyHost") != null) {
      return null;
    }
    await(connection);
    return follow(connection, socket, host);
  }

  /** Whether an adapter has left this connection alone on purpose, or it is the agent's own. */
  private static boolean isDecided() {
    return BlockingDriver.isPassingThrough()
        || Thread.currentThread().getName().startsWith(AGENT_THREAD);
  }

  private static @Nullable SocketAddress follow(Connection connection, Socket socket, String host) {
    switch (connection.start()) {
      case REDIRECT:
        Floor.remember(socket, new OpenSocket(connection, null));
        return connection.endpoint().socketAddress(host);
      case REFUSE:
        Floor.remember(
            socket, new OpenSocket(connection, new ConnectException(connection.reason())));
        // To what no connect begins with: the advice at its end tells why.
        return InetSocketAddress.createUnresolved(host, 0);
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
