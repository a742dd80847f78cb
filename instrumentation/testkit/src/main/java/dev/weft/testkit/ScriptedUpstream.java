package dev.weft.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A small real HTTP/1.1 server on loopback, on plain sockets and a thread per connection, so that
 * it shares no code with what is under test. Answers from a script, 200 with its name as the body
 * when the script is at its end. Given TLS, it takes mutual TLS and, when permissive, plaintext on
 * one port.
 */
public final class ScriptedUpstream implements Closeable {

  private static final int TLS_HANDSHAKE_RECORD = 0x16;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Queue<String> serverNames = new ConcurrentLinkedQueue<>();
  private final String name;
  private final ServerTls tls;
  private final ServerSocket server;
  private final Queue<UpstreamReply> script = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<ReceivedRequest> received = new LinkedBlockingQueue<>();
  private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

  private ScriptedUpstream(String name, ServerTls tls) throws IOException {
    this.name = name;
    this.tls = tls;
    this.server = new ServerSocket(0, 50, InetAddress.getByAddress(LOOPBACK));
    start(this::acceptAll, "upstream-" + name);
  }

  public static ScriptedUpstream start(String name) throws IOException {
    return new ScriptedUpstream(name, ServerTls.DISABLED);
  }

  public static ScriptedUpstream start(String name, ServerTls tls) throws IOException {
    return new ScriptedUpstream(name, tls);
  }

  /** An endpoint that nobody listens on: connecting to it is refused. */
  public static Endpoint deadEndpoint() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByAddress(LOOPBACK))) {
      return new Endpoint("dead" + Endpoint.SUFFIX, LOOPBACK, closed.getLocalPort(), false);
    }
  }

  /** This server as a plaintext endpoint. */
  public Endpoint endpoint() {
    return endpoint(name, false);
  }

  /**
   * This server under {@code peerName}, which becomes its synthetic host name; the same object for
   * the same arguments, as the engine gives it.
   */
  public Endpoint endpoint(String peerName, boolean mutualTls) {
    return endpoints.computeIfAbsent(
        peerName + (mutualTls ? " mTLS" : ""),
        key ->
            new Endpoint(
                peerName + (mutualTls ? Endpoint.TLS_SUFFIX : Endpoint.SUFFIX),
                LOOPBACK,
                port(),
                mutualTls));
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The URL of {@code path} here, by address. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** Appends to the script. */
  public ScriptedUpstream reply(UpstreamReply... replies) {
    script.addAll(List.of(replies));
    return this;
  }

  /** The next request that arrived; waits for it. */
  public ReceivedRequest takeRequest() throws InterruptedException {
    ReceivedRequest request = received.poll(5, TimeUnit.SECONDS);
    assertThat(request).as("a request at upstream %s", name).isNotNull();
    return requireNonNull(request);
  }

  /** The server names (SNI) that were asked for, one per TLS connection that asked for any. */
  public List<String> serverNames() {
    return List.copyOf(serverNames);
  }

  /** How many requests arrived and were not taken. */
  public int waiting() {
    return received.size();
  }

  /** Forgets the requests that were not taken. */
  public void forgetRequests() {
    received.clear();
  }

  /** How many connections were ever accepted. */
  public int connections() {
    return accepted.get();
  }

  /** How many connections are open now. */
  public int openConnections() {
    return open.size();
  }

  /** Waits until at most {@code limit} connections are open. */
  public void awaitOpenConnections(int limit) {
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        java.time.Duration.ofSeconds(5),
        () -> {
          while (open.size() > limit) {
            Thread.onSpinWait();
          }
        },
        () -> open.size() + " connections open at " + name + ", expected at most " + limit);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    workers.forEach(Thread::interrupt);
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        int number = accepted.incrementAndGet();
        start(() -> serve(socket, number), "upstream-" + name + "-" + number);
      } catch (IOException e) {
        return;
      }
    }
  }

  private void start(Runnable task, String threadName) {
    Thread thread = new Thread(task, threadName);
    thread.setDaemon(true);
    workers.add(thread);
    thread.start();
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      Spoken spoken = accept(socket);
      InputStream in = new BufferedInputStream(spoken.in());
      ReceivedRequest request;
      do {
        request = read(in, number, spoken.secure());
        if (request != null) {
          received.add(request);
        }
      } while (request != null && answer(request.method(), spoken.socket(), in));
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over: both are seen by what was recorded.
    } finally {
      open.remove(socket);
      workers.remove(Thread.currentThread());
    }
  }

  /** Looks at the first byte to tell TLS from plaintext, and refuses what the mode forbids. */
  private Spoken accept(Socket socket) throws IOException {
    if (tls.mode() == ServerTls.Mode.DISABLE || tls.context() == null) {
      return new Spoken(socket, socket.getInputStream(), false);
    }
    int first = socket.getInputStream().read();
    if (first < 0) {
      throw new EOFException();
    }
    InputStream consumed = new ByteArrayInputStream(new byte[] {(byte) first});
    if (first == TLS_HANDSHAKE_RECORD) {
      SSLSocket secure =
          (SSLSocket)
              requireNonNull(tls.context()).getSocketFactory().createSocket(socket, consumed, true);
      secure.setNeedClientAuth(true);
      secure.startHandshake();
      for (SNIServerName name :
          ((ExtendedSSLSession) secure.getSession()).getRequestedServerNames()) {
        serverNames.add(((SNIHostName) name).getAsciiName());
      }
      return new Spoken(secure, secure.getInputStream(), true);
    }
    if (tls.mode() == ServerTls.Mode.STRICT) {
      throw new IOException("plaintext at an upstream that takes mutual TLS only");
    }
    return new Spoken(socket, new SequenceInputStream(consumed, socket.getInputStream()), false);
  }

  private @Nullable ReceivedRequest read(InputStream in, int connection, boolean secure)
      throws IOException {
    String line = readLine(in);
    if (line == null) {
      return null;
    }
    String[] parts = line.split(" ", 3);
    if (parts[0].equals("PRI")) {
      throw new IOException("HTTP/2: it is no request, and the client tries HTTP/1.1 next");
    }
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    int length = 0;
    boolean chunked = false;
    for (String header = readLine(in); header != null && !header.isEmpty(); header = readLine(in)) {
      int colon = header.indexOf(':');
      if (colon < 0) {
        throw new IOException("not HTTP");
      }
      String key = header.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).trim();
      headers.add(Map.entry(key, value));
      length = key.equals("content-length") ? Integer.parseInt(value) : length;
      chunked |= key.equals("transfer-encoding") && value.equalsIgnoreCase("chunked");
    }
    byte[] body = chunked ? readChunks(in) : in.readNBytes(length);
    return new ReceivedRequest(
        parts[0], parts[1], headers, new String(body, StandardCharsets.UTF_8), connection, secure);
  }

  private boolean answer(String method, Socket socket, InputStream in)
      throws IOException, InterruptedException {
    UpstreamReply scripted = script.poll();
    UpstreamReply reply = scripted != null ? scripted : UpstreamReply.ok(name);
    switch (reply.ending) {
      case CLOSE_BEFORE_HEAD:
        return false;
      case HANG_BEFORE_HEAD:
        awaitEnd(in);
        return false;
      default:
    }
    OutputStream out = socket.getOutputStream();
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(reply.status).append(" Scripted\r\n");
    String length = reply.length(method);
    if (length != null) {
      head.append(length).append("\r\n");
    }
    reply.headers.forEach(header -> head.append(header).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (reply.hasBody(method)) {
      int half = reply.ending == UpstreamReply.Ending.COMPLETE ? 0 : reply.body.length / 2;
      out.write(reply.body, 0, half);
      out.flush();
      if (reply.ending == UpstreamReply.Ending.CLOSE_IN_BODY) {
        return false;
      }
      if (reply.ending == UpstreamReply.Ending.PAUSE_IN_BODY) {
        Thread watch = closeWhenTheClientLeaves(socket, in);
        reply.awaitRelease();
        watch.interrupt();
      }
      out.write(reply.body, half, reply.body.length - half);
    }
    out.flush();
    return reply.ending == UpstreamReply.Ending.COMPLETE && !reply.closes;
  }

  /** Ends a paused connection when the client closes it, so that it is counted as closed. */
  private Thread closeWhenTheClientLeaves(Socket socket, InputStream in) {
    Thread paused = Thread.currentThread();
    Thread watch =
        new Thread(
            () -> {
              try {
                awaitEnd(in);
                socket.close();
                paused.interrupt();
              } catch (IOException e) {
                paused.interrupt();
              }
            },
            "upstream-" + name + "-watch");
    watch.setDaemon(true);
    watch.start();
    return watch;
  }

  private static void awaitEnd(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // Nothing may come: the client waits for the answer.
    }
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String line = readLine(in);
      if (line == null) {
        throw new EOFException("chunk size");
      }
      int size = Integer.parseInt(line.trim(), 16);
      all.write(in.readNBytes(size));
      readLine(in);
      if (size == 0) {
        return all.toByteArray();
      }
    }
  }

  private static @Nullable String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** A connection after the first byte was looked at: its streams, in plaintext or through TLS. */
  private record Spoken(Socket socket, InputStream in, boolean secure) {}
}
