package app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * {@code Loops sockets|selector PORT}: as much of HTTP/1.1 as a request without a body takes, on an
 * accept loop of its own. Answers with the path.
 */
public final class Loops {

  private Loops() {}

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[1]);
    if (args[0].equals("sockets")) {
      sockets(port);
    } else {
      selector(port);
    }
  }

  private static void sockets(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening " + port);
      while (true) {
        Socket socket = server.accept();
        new Thread(() -> serve(socket)).start();
      }
    }
  }

  private static void serve(Socket socket) {
    try (Socket closed = socket) {
      InputStream in = closed.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.write(b);
        String text = new String(head.toByteArray(), StandardCharsets.ISO_8859_1);
        if (text.endsWith("\r\n\r\n")) {
          closed.getOutputStream().write(response(text));
          head.reset();
        }
      }
    } catch (IOException gone) {
      // The next one.
    }
  }

  private static void selector(int port) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(port));
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    System.out.println("listening " + port);
    while (true) {
      selector.select();
      Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
      while (ready.hasNext()) {
        SelectionKey key = ready.next();
        ready.remove();
        if (key.isAcceptable()) {
          SocketChannel accepted = server.accept();
          if (accepted != null) {
            accepted.configureBlocking(false);
            accepted.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(8192));
          }
        } else {
          read(key);
        }
      }
    }
  }

  private static void read(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    ByteBuffer buffer = (ByteBuffer) key.attachment();
    try {
      if (channel.read(buffer) < 0) {
        channel.close();
        return;
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n")) {
        buffer.clear();
        channel.write(ByteBuffer.wrap(response(text)));
      }
    } catch (IOException gone) {
      channel.close();
    }
  }

  private static byte[] response(String head) {
    String path = head.split(" ")[1];
    return ("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
