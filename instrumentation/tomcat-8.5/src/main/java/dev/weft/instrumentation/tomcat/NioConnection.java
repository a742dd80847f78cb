package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the NIO connector, plaintext or mutual TLS: its first byte tells. Never blocks:
 * Tomcat asks for the handshake whenever there is something to read or room to write, as it does
 * for TLS of its own.
 */
final class NioConnection extends OpenConnection {

  private static final ConcurrentMap<SocketChannel, NioConnection> CHANNELS =
      new ConcurrentHashMap<>();

  private enum State {
    NEW,
    /** Under no rule, or the application's own TLS. */
    UNTOUCHED,
    PLAINTEXT,
    HANDSHAKE,
    TLS,
    OVER
  }

  private final SocketChannel channel;
  private final long deadline;
  private final boolean limited;
  private volatile State state;
  private volatile @Nullable ByteBuffer first;
  private volatile @Nullable TlsPump tls;

  /** Under the pump's lock: the last byte written has not left, and will be shown to us again. */
  private boolean heldBack;

  private NioConnection(
      SocketChannel channel, InetSocketAddress peer, int localPort, AbstractEndpoint<?> endpoint) {
    super(channel, peer, localPort);
    this.channel = channel;
    this.state = endpoint.isSSLEnabled() ? State.UNTOUCHED : State.NEW;
    int timeout = endpoint.getSocketProperties().getSoTimeout();
    this.limited = timeout > 0;
    this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
  }

  /** Tomcat has accepted {@code channel}, and not looked at it. */
  static void accepted(AbstractEndpoint<?> endpoint, SocketChannel channel) {
    String name = endpoint.getName();
    InetSocketAddress peer = peerOf(channel);
    int localPort = localPortOf(channel);
    if (peer == null || localPort <= 0 || (name != null && name.startsWith("ajp"))) {
      return;
    }
    NioConnection connection = new NioConnection(channel, peer, localPort, endpoint);
    CHANNELS.put(channel, connection);
    connection.opened();
  }

  static @Nullable NioConnection of(@Nullable SocketChannel channel) {
    return channel == null ? null : CHANNELS.get(channel);
  }

  /** Tomcat is about to close {@code channel}, or has noticed that it is closed. */
  static void closing(@Nullable SocketChannel channel) {
    NioConnection connection = of(channel);
    if (connection != null) {
      connection.goodbye();
      connection.forgetIfClosed();
    }
  }

  /** Stays until then: whoever writes meanwhile must not find a channel without TLS. */
  void forgetIfClosed() {
    if (!channel.isOpen()) {
      closed();
    }
  }

  @Override
  void closed() {
    CHANNELS.remove(channel, this);
    super.closed();
  }

  /** Whether Tomcat must ask for {@link #handshake} before it reads. */
  boolean isUndecided() {
    return state == State.NEW || state == State.HANDSHAKE;
  }

  /**
   * Whether it is mutual TLS of ours; from then on nothing may reach the channel but through it.
   */
  boolean isTls() {
    return tls != null;
  }

  /**
   * Goes on with sniffing and handshake.
   *
   * @return as {@code NioChannel.handshake} does: 0 when done, -1 to close, else what to wait for
   */
  int handshake() {
    int next = -1;
    try {
      if (!limited || deadline - System.nanoTime() > 0) {
        next = state == State.NEW ? first() : state == State.HANDSHAKE ? shake() : 0;
      }
    } catch (IOException gone) {
      // An SSLException is the peer's fault and it got its alert; anything else is a hang-up.
    } catch (RuntimeException e) {
      Mesh.problem("tomcat handshake", e);
    }
    if (next < 0) {
      goodbye();
    }
    return next;
  }

  private int first() throws IOException {
    ServerTls rule = FirstByte.rule(localPort());
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      state = State.UNTOUCHED;
      return 0;
    }
    ByteBuffer one = ByteBuffer.allocate(1);
    int count = channel.read(one);
    if (count <= 0) {
      return count < 0 ? -1 : SelectionKey.OP_READ;
    }
    one.flip();
    if (FirstByte.isTls(one.get(0))) {
      SSLEngine engine = FirstByte.engine(rule, localPort());
      if (engine == null) {
        return -1;
      }
      tls = new TlsPump(engine, one);
      state = State.HANDSHAKE;
      return shake();
    }
    if (!FirstByte.mayBePlaintext(rule)) {
      return -1;
    }
    first = one;
    state = State.PLAINTEXT;
    return 0;
  }

  private int shake() throws IOException {
    TlsPump pump = tls;
    if (pump == null) {
      return -1;
    }
    while (true) {
      if (!hasLeft(pump)) {
        return SelectionKey.OP_WRITE;
      }
      TlsPump.Step step = pump.handshake();
      if (step == TlsPump.Step.INPUT) {
        int count = channel.read(pump.arrived());
        if (count <= 0) {
          return count < 0 ? -1 : SelectionKey.OP_READ;
        }
      } else if (step == TlsPump.Step.DONE) {
        connected(pump.session());
        state = State.TLS;
        return 0;
      }
    }
  }

  /**
   * @return bytes read, 0 or -1 as a channel does; null to let Tomcat read
   */
  @Nullable Long read(ByteBuffer[] to, int offset, int length) throws IOException {
    TlsPump pump = tls;
    if (pump != null) {
      return state == State.TLS ? decrypted(pump, to, offset, length) : -1L;
    }
    ByteBuffer sniffed = first;
    if (sniffed == null) {
      return state == State.OVER ? -1L : null;
    }
    long count = TlsPump.move(sniffed, to, offset, length);
    if (count > 0) {
      first = null;
      count += Math.max(channel.read(to, offset, length), 0);
    }
    return count;
  }

  private long decrypted(TlsPump pump, ByteBuffer[] to, int offset, int length) throws IOException {
    while (true) {
      long count = pump.decrypt(to, offset, length);
      hasLeft(pump);
      if (count != 0 || TlsPump.remaining(to, offset, length) == 0) {
        return count;
      }
      int arrived = channel.read(pump.arrived());
      if (arrived <= 0) {
        return arrived;
      }
    }
  }

  /**
   * @return bytes written, as a channel does; null to let Tomcat write
   */
  @Nullable Long write(ByteBuffer[] from, int offset, int length) throws IOException {
    TlsPump pump = tls;
    if (pump == null) {
      if (state == State.OVER) {
        throw new ClosedChannelException();
      }
      return null;
    }
    if (state != State.TLS) {
      throw new ClosedChannelException();
    }
    pump.writing.lock();
    try {
      return encrypted(pump, from, offset, length);
    } finally {
      pump.writing.unlock();
    }
  }

  /**
   * A channel has sent what it took. TLS takes whole records, and Tomcat's plain channel has no
   * means to say that some of one has not left: its last byte is given back, to be shown again.
   */
  private long encrypted(TlsPump pump, ByteBuffer[] from, int offset, int length)
      throws IOException {
    long written = 0;
    if (!hasLeft(pump)) {
      return 0;
    }
    if (heldBack && TlsPump.remaining(from, offset, length) > 0) {
      heldBack = false;
      written = skipOne(from, offset);
    }
    while (TlsPump.remaining(from, offset, length) > 0) {
      int[] starts = new int[length];
      for (int i = 0; i < length; i++) {
        starts[i] = from[offset + i].position();
      }
      int taken = pump.encrypt(from, offset, length);
      written += taken;
      if (!hasLeft(pump)) {
        if (taken > 0) {
          heldBack = true;
          written -= giveOneBack(from, offset, starts);
        }
        break;
      }
    }
    return written;
  }

  private static int skipOne(ByteBuffer[] from, int offset) {
    int i = offset;
    while (!from[i].hasRemaining()) {
      i++;
    }
    from[i].position(from[i].position() + 1);
    return 1;
  }

  private static int giveOneBack(ByteBuffer[] from, int offset, int[] starts) {
    int i = starts.length - 1;
    while (from[offset + i].position() == starts[i]) {
      i--;
    }
    from[offset + i].position(from[offset + i].position() - 1);
    return 1;
  }

  private boolean hasLeft(TlsPump pump) throws IOException {
    pump.writing.lock();
    try {
      ByteBuffer leaving = pump.leaving();
      if (leaving.hasRemaining()) {
        channel.write(leaving);
      }
      return !leaving.hasRemaining();
    } finally {
      pump.writing.unlock();
    }
  }

  /** The channel is about to be closed: says so to the peer, if that can be done at once. */
  void goodbye() {
    State before = state;
    TlsPump pump = tls;
    if (pump == null ? isUndecided() : before != State.OVER) {
      state = State.OVER;
    }
    if (pump != null && before != State.OVER && channel.isOpen()) {
      try {
        pump.sayGoodbye();
        hasLeft(pump);
      } catch (IOException | RuntimeException peerIsGone) {
        // The channel is closed anyway.
      }
    }
  }
}
