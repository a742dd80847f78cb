package dev.weft.instrumentation.inlet;

import java.io.Closeable;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Sends back what comes, on each connection until its end; then closes it. */
abstract class EchoServer implements Closeable {

  static final int BUFFER = 8192;

  /** Whom each connection came from, as the server sees it. */
  final BlockingQueue<InetSocketAddress> peers = new LinkedBlockingQueue<>();

  /** How each connection ended: {@code end} or {@code broken}. */
  final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  /** Starts to accept; the port. */
  abstract int start() throws Exception;

  void daemon(Runnable task) {
    Thread thread = new Thread(task, "echo");
    thread.setDaemon(true);
    thread.start();
  }
}
