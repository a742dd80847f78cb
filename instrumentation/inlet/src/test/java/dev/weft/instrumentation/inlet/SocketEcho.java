package dev.weft.instrumentation.inlet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;

/** A thread for each socket. */
final class SocketEcho extends EchoServer {

  private final ServerSocket server;

  private SocketEcho(ServerSocket server) {
    this.server = server;
  }

  static SocketEcho onSockets() throws IOException {
    return new SocketEcho(new ServerSocket(0, 300, InetAddress.getLoopbackAddress()));
  }

  /** The sockets are those of channels. */
  static SocketEcho onChannels() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 300);
    return new SocketEcho(channel.socket());
  }

  @Override
  int start() {
    daemon(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              daemon(() -> serve(socket));
            } catch (IOException closed) {
              return;
            }
          }
        });
    return server.getLocalPort();
  }

  private void serve(Socket socket) {
    peers.add((InetSocketAddress) socket.getRemoteSocketAddress());
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
      ends.add("end");
    } catch (IOException e) {
      ends.add("broken");
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
