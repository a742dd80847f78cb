package dev.weft.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A closed loop over keep-alive connections on plain sockets, so that the generator costs little
 * and the same for both sides. Responses must have a Content-Length or be chunked.
 */
final class Load {

  private static final int CONNECTIONS = 4;

  private Load() {}

  /** Sends GETs for {@code seconds}; returns how many were answered 200. Others are an error. */
  static long run(int port, String path, double seconds) throws Exception {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        counts.add(threads.submit(() -> connection(port, path, end)));
      }
      long total = 0;
      for (Future<Long> count : counts) {
        total += count.get();
      }
      return total;
    } finally {
      threads.shutdownNow();
    }
  }

  private static long connection(int port, String path, long end) throws IOException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    long count = 0;
    while (System.nanoTime() < end) {
      count += untilClosed(port, path, request, end);
    }
    return count;
  }

  /** Servers close a kept connection after some number of requests: Tomcat after 100. */
  private static long untilClosed(int port, String path, byte[] request, long end)
      throws IOException {
    long count = 0;
    boolean open = true;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (open && System.nanoTime() < end) {
        out.write(request);
        open = readResponse(in, path);
        count++;
      }
    }
    return count;
  }

  /** Returns whether the connection stays open. */
  private static boolean readResponse(InputStream in, String path) throws IOException {
    String status = line(in);
    if (!status.contains(" 200")) {
      throw new IOException(path + " was answered " + status);
    }
    int length = -1;
    boolean chunked = false;
    boolean open = true;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).trim());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      } else if (lower.startsWith("connection:") && lower.contains("close")) {
        open = false;
      }
    }
    if (chunked) {
      int size;
      do {
        size = Integer.parseInt(line(in).trim(), 16);
        in.skipNBytes(size);
        line(in);
      } while (size > 0);
    } else {
      in.skipNBytes(Math.max(0, length));
    }
    return open;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("connection closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
