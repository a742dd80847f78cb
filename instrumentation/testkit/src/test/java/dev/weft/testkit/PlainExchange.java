package dev.weft.testkit;

import static java.util.Objects.requireNonNull;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One request of a tiny HTTP client on plain sockets, as an adapter would show it to a driver. */
final class PlainExchange implements BlockingExchange<PlainExchange.Reply> {

  /** Connections that wait for their next request, by where they go. */
  static final class Pool {
    private final Map<InetSocketAddress, Deque<Socket>> idle = new ConcurrentHashMap<>();

    @Nullable Socket take(InetSocketAddress address) {
      Deque<Socket> sockets = idle.computeIfAbsent(address, any -> new ArrayDeque<>());
      synchronized (sockets) {
        return sockets.poll();
      }
    }

    void put(InetSocketAddress address, Socket socket) {
      Deque<Socket> sockets = requireNonNull(idle.get(address));
      synchronized (sockets) {
        sockets.push(socket);
      }
    }
  }

  private final Pool pool;
  private final ClientRequest request;
  private final boolean replayable;
  private volatile @Nullable Socket current;

  PlainExchange(Pool pool, ClientRequest request) {
    this.pool = pool;
    this.request = request;
    this.replayable = !request.oneShot();
  }

  OutboundRequest request() {
    URI uri = request.uri();
    return new OutboundRequest() {
      @Override
      public String method() {
        return request.method();
      }

      @Override
      public String scheme() {
        return uri.getScheme();
      }

      @Override
      public String authority() {
        String own = header("host");
        return own != null ? own : uri.getRawAuthority();
      }

      @Override
      public int port() {
        return uri.getPort() < 0 ? 80 : uri.getPort();
      }

      @Override
      public String path() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
      }

      @Override
      public @Nullable String header(String name) {
        for (Map.Entry<String, String> header : request.headers()) {
          if (header.getKey().equalsIgnoreCase(name)) {
            return header.getValue();
          }
        }
        return null;
      }

      @Override
      public boolean isReplayable() {
        return replayable;
      }
    };
  }

  @Override
  public Reply send(Attempt attempt) throws IOException {
    OutboundRequest view = request();
    String path = attempt.path() == null ? view.path() : attempt.path();
    String host = attempt.authority() == null ? view.authority() : attempt.authority();
    return exchange(attempt.endpoint().socketAddress(), path, host, attempt.requestHeaders());
  }

  @Override
  public Reply passThrough() throws IOException {
    OutboundRequest view = request();
    return exchange(
        new InetSocketAddress(request.uri().getHost(), view.port()),
        view.path(),
        view.authority(),
        HeaderMutations.NONE);
  }

  private Reply exchange(
      InetSocketAddress address, String path, String host, HeaderMutations changes)
      throws IOException {
    Map<String, String> headers = new TreeMap<>();
    request.headers().forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
    headers.put("host", host);
    headers.put("content-length", Integer.toString(request.bytes().length));
    changes.apply(
        headers::remove,
        headers::put,
        (name, value) -> headers.merge(name, value, PlainExchange::join));
    Socket pooled = pool.take(address);
    Socket socket = pooled != null ? pooled : new Socket();
    current = socket;
    if (pooled == null) {
      socket.connect(address);
    }
    StringBuilder head = new StringBuilder(request.method() + " " + path + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(request.bytes());
    return Reply.read(request.method(), new BufferedInputStream(socket.getInputStream()), this)
        .pooled(() -> pool.put(address, socket));
  }

  static String join(String one, String two) {
    return one + "," + two;
  }

  @Override
  public OutboundResponse view(Reply reply) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return reply.status;
      }

      @Override
      public @Nullable String header(String name) {
        return reply.headers.get(name);
      }
    };
  }

  @Override
  public void discard(Reply reply) {
    abort();
  }

  @Override
  public Reply reply(LocalReply local) {
    Reply reply = new Reply(local.status(), new ByteArrayInputStream(local.body()), -1, this);
    local.headers().apply(reply.headers::remove, reply.headers::put, reply.headers::put);
    return reply;
  }

  @Override
  public Reply deliver(Reply reply, HeaderMutations headers, ResponseEnd end) {
    headers.apply(reply.headers::remove, reply.headers::put, reply.headers::put);
    reply.end = end;
    if (reply.left == 0) {
      reply.finish();
    }
    return reply;
  }

  @Override
  public void abort() {
    Socket socket = current;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return FailureKind.of(failure);
  }

  /** A response whose body is read from the socket and told about when it ends. */
  static final class Reply extends InputStream implements ClientResponse {
    private final int status;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final InputStream in;
    private final PlainExchange exchange;
    private long left;
    private boolean over;
    private Runnable pooled = () -> {};
    private @Nullable ResponseEnd end;

    /**
     * @param left how many bytes come, negative for a local reply
     */
    Reply(int status, InputStream in, long left, PlainExchange exchange) {
      this.status = status;
      this.in = in;
      this.left = left;
      this.exchange = exchange;
    }

    static Reply read(String method, InputStream in, PlainExchange exchange) throws IOException {
      String line = line(in);
      Reply reply = new Reply(Integer.parseInt(line.split(" ")[1]), in, 0, exchange);
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        String[] parts = header.split(": ", 2);
        reply.headers.merge(parts[0], parts[1], PlainExchange::join);
      }
      String length = reply.headers.get("content-length");
      reply.left = length == null || method.equals("HEAD") ? 0 : Long.parseLong(length);
      return reply;
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("closed in the head");
        }
        line.append(c == '\r' ? "" : String.valueOf((char) c));
      }
      return line.toString();
    }

    Reply pooled(Runnable pooled) {
      this.pooled = pooled;
      return this;
    }

    private void finish() {
      if (!over) {
        over = true;
        pooled.run();
        if (end != null) {
          end.completed();
        }
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      try {
        int read = in.read(buffer, offset, left < 0 ? length : (int) Math.min(left, length));
        if (left > 0 && read < 0) {
          throw new EOFException("closed in the body");
        }
        left -= left > 0 ? read : 0;
        if (left == 0) {
          finish();
        }
        return read;
      } catch (IOException e) {
        over = true;
        if (end != null) {
          end.failed(e);
        }
        throw e;
      }
    }

    @Override
    public void close() {
      if (!over && end != null) {
        over = true;
        end.cancelled();
        exchange.abort();
      }
    }

    @Override
    public int status() {
      return status;
    }

    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }

    @Override
    public InputStream body() {
      return this;
    }
  }
}
