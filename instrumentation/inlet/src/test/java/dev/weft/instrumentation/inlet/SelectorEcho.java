package dev.weft.instrumentation.inlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** One thread for all channels. */
final class SelectorEcho extends EchoServer {

  private final Selector selector = Selector.open();
  private final ServerSocketChannel server = ServerSocketChannel.open();

  SelectorEcho() throws IOException {}

  @Override
  int start() throws IOException {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 300);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    daemon(this::run);
    return server.socket().getLocalPort();
  }

  private void run() {
    while (selector.isOpen()) {
      try {
        selector.select();
      } catch (IOException e) {
        return;
      }
      for (SelectionKey key : keys()) {
        try {
          if (key.isAcceptable()) {
            accept();
          } else {
            echo(key);
          }
        } catch (IOException e) {
          ends.add("broken");
          close(key);
        } catch (CancelledKeyException stopped) {
          return;
        }
      }
    }
  }

  private List<SelectionKey> keys() {
    try {
      List<SelectionKey> ready = new ArrayList<>(selector.selectedKeys());
      selector.selectedKeys().clear();
      return ready;
    } catch (ClosedSelectorException stopped) {
      return List.of();
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel == null) {
      return;
    }
    peers.add((InetSocketAddress) channel.getRemoteAddress());
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(BUFFER));
  }

  private void echo(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    ByteBuffer buffer = (ByteBuffer) key.attachment();
    if (key.isReadable() && channel.read(buffer) < 0) {
      ends.add("end");
      close(key);
      return;
    }
    buffer.flip();
    channel.write(buffer);
    boolean left = buffer.hasRemaining();
    buffer.compact();
    key.interestOps(left ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    selector.close();
  }
}
