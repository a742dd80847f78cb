package dev.weft.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One connection of a plain HTTP/1.1 client that no adapter touches: what is written here is what
 * arrives.
 */
public final class ServerClient implements Closeable {

  private final Socket socket;
  private final InputStream in;
  private boolean insideBody;

  /**
   * @param socket connected
   */
  public ServerClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(15_000);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  public static ServerClient connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
    return new ServerClient(socket);
  }

  /** What a response was; header names in lower case, repeated ones joined by {@code ,}. */
  public record Response(int status, Map<String, String> headers, String body) {}

  public InetSocketAddress localAddress() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Sends a request without body and reads the response. */
  public Response exchange(String method, String path, String... headerLines) throws IOException {
    send(method, path, "", headerLines);
    return read(method);
  }

  /**
   * Sends a request head, with a {@code Host} unless there is one in {@code headerLines}, and the
   * body.
   */
  public void send(String method, String path, String body, String... headerLines)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    boolean host = false;
    for (String line : headerLines) {
      head.append(line).append("\r\n");
      host |= line.toLowerCase(Locale.ROOT).startsWith("host:");
    }
    if (!host) {
      head.append("Host: sample.example\r\n");
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      head.append("Content-Length: ").append(bytes.length).append("\r\n");
    }
    sendRaw(head + "\r\n" + body);
  }

  public void sendRaw(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /**
   * Reads one response with its whole body.
   *
   * @throws EOFException when the server closed without one
   */
  public Response read(String method) throws IOException {
    Response head = readHead();
    if (method.equals("HEAD") || head.status == 204 || head.status == 304) {
      return head;
    }
    return new Response(head.status, head.headers, readBody(head));
  }

  /** Reads status line and headers only. */
  public Response readHead() throws IOException {
    String[] status = line().split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim(),
          (a, b) -> a + "," + b);
    }
    return new Response(Integer.parseInt(status[1]), headers, "");
  }

  /** The next chunk of a body in {@code chunked} coding; empty at its end. */
  public String readChunk() throws IOException {
    if (insideBody) {
      // Some servers send the end of a chunk together with the next one.
      line();
    }
    int size = Integer.parseInt(line().trim(), 16);
    String chunk = new String(exactly(size), StandardCharsets.UTF_8);
    insideBody = size > 0;
    if (size == 0) {
      line();
    }
    return chunk;
  }

  /** Whether the server closed the connection; waits for it. */
  public boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Breaks the connection off with a reset, as a client does that is killed. */
  public void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private String readBody(Response head) throws IOException {
    String length = head.headers.get("content-length");
    if (length != null) {
      return new String(exactly(Integer.parseInt(length)), StandardCharsets.UTF_8);
    }
    if ("chunked".equals(head.headers.get("transfer-encoding"))) {
      StringBuilder body = new StringBuilder();
      for (String chunk = readChunk(); !chunk.isEmpty(); chunk = readChunk()) {
        body.append(chunk);
      }
      return body.toString();
    }
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private byte[] exactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("body broke off after " + bytes.length + " of " + size + " bytes");
    }
    return bytes;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("connection closed after: " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
