package dev.weft.testkit;

import dev.weft.transport.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A server that accepts nobody, and whose queue is full: who connects to it waits. */
public final class FullServer implements Closeable {

  private static final int MOST = 64;
  private static final int PATIENCE_MILLIS = 500;

  private final ServerSocket server;
  private final List<Socket> queue = new ArrayList<>();

  /** Aborts the test where the system never lets anybody wait. */
  public FullServer() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    while (hasRoom()) {
      if (queue.size() == MOST) {
        close();
        Assumptions.abort("a queue of 1 took " + MOST + " connections");
      }
    }
  }

  private boolean hasRoom() throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(server.getLocalSocketAddress(), PATIENCE_MILLIS);
    } catch (SocketTimeoutException e) {
      socket.close();
      return false;
    }
    queue.add(socket);
    return true;
  }

  public Endpoint endpoint() {
    byte[] ip = server.getInetAddress().getAddress();
    return new Endpoint("full.weft", ip, server.getLocalPort(), false);
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queue) {
      socket.close();
    }
    server.close();
  }
}
