package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * The channel that Tomcat's NIO2 connector sees instead of the one it accepted: plaintext or mutual
 * TLS, as the first byte tells. Sniffing and handshake are part of the first read, and hold no
 * thread.
 */
final class AsyncConnection extends ForwardingChannel {

  private static final ConcurrentMap<Object, AsyncConnection> CHANNELS = new ConcurrentHashMap<>();

  private enum State {
    NEW,
    /** Plaintext by the rule or by its first byte, or the application's own TLS. */
    PLAINTEXT,
    HANDSHAKE,
    TLS,
    OVER
  }

  private final OpenConnection connection;
  private final long deadline;
  private final boolean limited;
  private volatile State state;
  private volatile @Nullable ByteBuffer first;
  private volatile @Nullable TlsPump tls;

  /** Under the pump's lock: who waits until all has left; null while nothing is on its way. */
  private @Nullable List<Result> waiting;

  private AsyncConnection(
      AsynchronousSocketChannel channel, OpenConnection connection, AbstractEndpoint<?> endpoint) {
    super(channel);
    this.connection = connection;
    this.state = endpoint.isSSLEnabled() ? State.PLAINTEXT : State.NEW;
    int timeout = endpoint.getSocketProperties().getSoTimeout();
    this.limited = timeout > 0;
    this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
  }

  /** What Tomcat shall see instead of {@code channel}; null for that itself. */
  static @Nullable AsyncConnection accepted(
      AbstractEndpoint<?> endpoint, AsynchronousSocketChannel channel) {
    String name = endpoint.getName();
    InetSocketAddress peer = OpenConnection.peerOf(channel);
    int localPort = OpenConnection.localPortOf(channel);
    if (channel instanceof AsyncConnection
        || peer == null
        || localPort <= 0
        || (name != null && name.startsWith("ajp"))) {
      return null;
    }
    OpenConnection opened = new OpenConnection(channel, peer, localPort);
    AsyncConnection connection = new AsyncConnection(channel, opened, endpoint);
    CHANNELS.put(channel, connection);
    opened.opened();
    return connection;
  }

  /** What Tomcat sees instead of {@code channel}. */
  static @Nullable AsyncConnection of(Object channel) {
    return CHANNELS.get(channel);
  }

  @Override
  void read(ByteBuffer[] to, int offset, int length, long timeout, TimeUnit unit, Result result) {
    TlsPump pump = tls;
    switch (state) {
      case NEW:
        decide(timeout, unit, then(result, ok -> read(to, offset, length, timeout, unit, result)));
        return;
      case TLS:
        if (pump != null) {
          decrypt(pump, to, offset, length, timeout, unit, result);
          return;
        }
        break;
      case PLAINTEXT:
        channel.read(
            to,
            offset,
            length,
            timeout,
            unit,
            withSniffed(to, offset, length, result),
            AsyncConnection.<Long>handler());
        return;
      default:
        break;
    }
    result.completed(-1);
  }

  /**
   * The sniffed byte goes before what is read next. Not by itself: Tomcat knows HTTP/2 by how much
   * of it the first read gives.
   */
  private Result withSniffed(ByteBuffer[] to, int offset, int length, Result result) {
    ByteBuffer sniffed = first;
    if (sniffed == null || TlsPump.move(sniffed, to, offset, length) == 0) {
      return result;
    }
    first = null;
    return then(result, count -> result.completed(1 + Math.max(count, 0)));
  }

  private void decide(long timeout, TimeUnit unit, Result result) {
    ServerTls rule = FirstByte.rule(connection.localPort());
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      state = State.PLAINTEXT;
      result.completed(0);
      return;
    }
    ByteBuffer one = ByteBuffer.allocate(1);
    channel.read(
        one,
        timeout,
        unit,
        then(
            result,
            count -> {
              if (count < 0) {
                refuse(result);
                return;
              }
              one.flip();
              decide(rule, one, timeout, unit, result);
            }),
        AsyncConnection.<Integer>handler());
  }

  private void decide(ServerTls rule, ByteBuffer one, long timeout, TimeUnit unit, Result result)
      throws IOException {
    if (!FirstByte.isTls(one.get(0))) {
      if (FirstByte.mayBePlaintext(rule)) {
        first = one;
        state = State.PLAINTEXT;
        result.completed(0);
      } else {
        refuse(result);
      }
      return;
    }
    SSLEngine engine = FirstByte.engine(rule, connection.localPort());
    if (engine == null) {
      refuse(result);
      return;
    }
    TlsPump pump = new TlsPump(engine, one);
    state = State.HANDSHAKE;
    tls = pump;
    shake(pump, timeout, unit, result);
  }

  private void shake(TlsPump pump, long timeout, TimeUnit unit, Result result) {
    TlsPump.Step step;
    try {
      if (limited && deadline - System.nanoTime() <= 0) {
        refuse(result);
        return;
      }
      step = pump.handshake();
      if (step == TlsPump.Step.DONE) {
        connection.connected(pump.session());
        state = State.TLS;
      }
    } catch (IOException peersFault) {
      refuse(result);
      return;
    } catch (RuntimeException e) {
      Mesh.problem("tomcat handshake", e);
      refuse(result);
      return;
    }
    if (step == TlsPump.Step.DONE) {
      result.completed(0);
    } else if (step == TlsPump.Step.OUTPUT) {
      flush(pump, timeout, unit, then(result, all -> shake(pump, timeout, unit, result)));
    } else {
      channel.read(
          pump.arrived(),
          timeout,
          unit,
          then(
              result,
              count -> {
                if (count < 0) {
                  refuse(result);
                } else {
                  shake(pump, timeout, unit, result);
                }
              }),
          AsyncConnection.<Integer>handler());
    }
  }

  /** The read ends as if the peer had said nothing more; a goodbye tells the peer, if it can. */
  private void refuse(Result result) {
    goodbye();
    result.completed(0);
  }

  private void decrypt(
      TlsPump pump,
      ByteBuffer[] to,
      int offset,
      int length,
      long timeout,
      TimeUnit unit,
      Result result) {
    long count;
    try {
      count = pump.decrypt(to, offset, length);
      flush(pump, timeout, unit, null);
    } catch (IOException | RuntimeException e) {
      result.failed(e);
      return;
    }
    if (count != 0 || TlsPump.remaining(to, offset, length) == 0) {
      result.completed(count);
      return;
    }
    channel.read(
        pump.arrived(),
        timeout,
        unit,
        then(
            result,
            arrived -> {
              if (arrived < 0) {
                result.completed(-1);
              } else {
                decrypt(pump, to, offset, length, timeout, unit, result);
              }
            }),
        AsyncConnection.<Integer>handler());
  }

  @Override
  void write(
      ByteBuffer[] from, int offset, int length, long timeout, TimeUnit unit, Result result) {
    TlsPump pump = tls;
    if (state == State.PLAINTEXT) {
      channel.write(from, offset, length, timeout, unit, result, AsyncConnection.<Long>handler());
      return;
    }
    if (state != State.TLS || pump == null) {
      result.failed(new ClosedChannelException());
      return;
    }
    long taken = 0;
    pump.writing.lock();
    try {
      // Some records at once; who has more writes again.
      for (int i = 0; i < 4 && TlsPump.remaining(from, offset, length) > 0; i++) {
        taken += pump.encrypt(from, offset, length);
      }
    } catch (IOException | RuntimeException e) {
      result.failed(e);
      return;
    } finally {
      pump.writing.unlock();
    }
    long count = taken;
    flush(pump, timeout, unit, then(result, all -> result.completed(count)));
  }

  /** Sends what must leave, one piece after the other, and tells when all of it has left. */
  private void flush(TlsPump pump, long timeout, TimeUnit unit, @Nullable Result result) {
    ByteBuffer piece;
    pump.writing.lock();
    try {
      if (waiting != null) {
        if (result != null) {
          waiting.add(result);
        }
        return;
      }
      piece = pump.takeLeaving();
      if (piece.hasRemaining()) {
        waiting = new ArrayList<>(1);
        if (result != null) {
          waiting.add(result);
        }
      }
    } finally {
      pump.writing.unlock();
    }
    if (piece.hasRemaining()) {
      send(pump, piece, timeout, unit);
    } else if (result != null) {
      result.completed(0);
    }
  }

  private void send(TlsPump pump, ByteBuffer piece, long timeout, TimeUnit unit) {
    Result next =
        new Result() {
          @Override
          public void completed(long count) {
            ByteBuffer more = piece;
            List<Result> all = null;
            if (!piece.hasRemaining()) {
              pump.writing.lock();
              try {
                more = pump.takeLeaving();
                if (!more.hasRemaining()) {
                  all = waiting;
                  waiting = null;
                }
              } finally {
                pump.writing.unlock();
              }
            }
            if (all == null) {
              send(pump, more, timeout, unit);
            } else {
              all.forEach(each -> each.completed(0));
            }
          }

          @Override
          public void failed(Throwable problem) {
            List<Result> all;
            pump.writing.lock();
            try {
              all = waiting;
              waiting = null;
            } finally {
              pump.writing.unlock();
            }
            if (all != null) {
              all.forEach(each -> each.failed(problem));
            }
          }
        };
    try {
      channel.write(piece, timeout, unit, next, AsyncConnection.<Integer>handler());
    } catch (RuntimeException timedOutBefore) {
      next.failed(new IOException(timedOutBefore));
    }
  }

  @Override
  public void close() throws IOException {
    goodbye();
    try {
      channel.close();
    } finally {
      CHANNELS.remove(channel, this);
      connection.closed();
    }
  }

  private void goodbye() {
    State before = state;
    TlsPump pump = tls;
    if (before == State.PLAINTEXT || before == State.OVER) {
      return;
    }
    state = State.OVER;
    if (pump != null && channel.isOpen()) {
      try {
        pump.sayGoodbye();
        // It is with the kernel when this returns, or it does not fit and is not waited for.
        flush(pump, 0, TimeUnit.MILLISECONDS, null);
      } catch (IOException | RuntimeException peerIsGone) {
        // The channel is closed anyway.
      }
    }
  }

  /** The next step of something that ends in {@code result}. */
  private interface Step {
    void go(long count) throws IOException;
  }

  private static Result then(Result result, Step step) {
    return new Result() {
      @Override
      public void completed(long count) {
        try {
          step.go(count);
        } catch (IOException | RuntimeException e) {
          result.failed(e);
        }
      }

      @Override
      public void failed(Throwable problem) {
        result.failed(problem);
      }
    };
  }

  private static <N extends Number> CompletionHandler<N, Result> handler() {
    return new CompletionHandler<N, Result>() {
      @Override
      public void completed(N count, Result result) {
        result.completed(count.longValue());
      }

      @Override
      public void failed(Throwable problem, Result result) {
        result.failed(problem);
      }
    };
  }
}
