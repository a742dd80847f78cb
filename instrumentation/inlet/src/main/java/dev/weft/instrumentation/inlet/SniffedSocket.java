package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that was accepted under the inlet. Its first byte tells TLS from plaintext; it is waited
 * for, and a handshake is done, by the server's own thread that reads first, with the timeout that
 * the server set.
 */
final class SniffedSocket {

  /** How long a goodbye may hold up a close: milliseconds. */
  private static final int GOODBYE_MILLIS = 500;

  /** Values lead back to their keys: a socket that is dropped without a close stays. */
  private static final WeakIdentityMap<SniffedSocket> ACCEPTED = new WeakIdentityMap<>();

  private enum State {
    NEW,
    PLAINTEXT,
    TLS,
    /** Nothing comes, and nothing goes. */
    ENDED
  }

  final InputStream input = new Input();
  final OutputStream output = new Output();

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Visit visit;
  private final ReentrantLock deciding = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile State state = State.NEW;
  private volatile @Nullable SSLSocket tls;

  /** The byte that was read to find out; -1 for none. */
  private int sniffed = -1;

  private SniffedSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.visit =
        new Visit(
            (InetSocketAddress) socket.getRemoteSocketAddress(),
            (InetSocketAddress) socket.getLocalSocketAddress());
  }

  static void accepted(ServerSocket server, Socket socket) {
    if (socket instanceof SSLSocket || !Mesh.ports().isInlet(server.getLocalPort())) {
      return;
    }
    try {
      SniffedSocket made = new SniffedSocket(socket);
      if (made.visit.isUnencrypted()) {
        made.state = made.visit.admit(null, made::cut) ? State.PLAINTEXT : made.ended();
      }
      ACCEPTED.put(socket, made);
      if (socket.isClosed()) {
        ACCEPTED.remove(socket);
      }
    } catch (IOException | RuntimeException e) {
      // Without us it would be open to everybody.
      Mesh.problem("inlet accept", e);
      closeQuietly(socket);
    }
  }

  static @Nullable SniffedSocket of(Socket socket) {
    return ACCEPTED.get(socket);
  }

  /** The server closes {@code socket}. */
  static void closing(Socket socket) {
    SniffedSocket sniffed = ACCEPTED.get(socket);
    if (sniffed != null) {
      ACCEPTED.remove(socket);
      sniffed.sayGoodbye();
      sniffed.visit.end();
    }
  }

  /** Tells the peer that no more comes, where that is TLS's business; in bounded time. */
  void sayGoodbye() {
    SSLSocket over = tls;
    // A writer that hangs on a peer which does not read must not hold up the one who closes.
    if (over == null || state != State.TLS || !writing.tryLock()) {
      return;
    }
    ScheduledFuture<?> cut =
        Mesh.timer().schedule(this::cut, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    try {
      over.shutdownOutput();
    } catch (IOException alreadyGone) {
      // Nobody hears it.
    } catch (UnsupportedOperationException olderJdk) {
      closeQuietly(over);
    } finally {
      cut.cancel(false);
      writing.unlock();
    }
  }

  /** Ends the connection without a goodbye. */
  private void cut() {
    ACCEPTED.remove(socket);
    closeQuietly(socket);
    visit.end();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  private State decided() throws IOException {
    State known = state;
    if (known != State.NEW) {
      return known;
    }
    deciding.lock();
    try {
      if (state == State.NEW) {
        state = decide();
      }
      return state;
    } finally {
      deciding.unlock();
    }
  }

  private State decide() throws IOException {
    int first = in.read();
    if (first < 0) {
      return State.ENDED;
    }
    switch (visit.judge((byte) first)) {
      case PLAINTEXT:
        sniffed = first;
        return visit.admit(null, this::cut) ? State.PLAINTEXT : ended();
      case TLS:
        return handshake((byte) first);
      default:
        return ended();
    }
  }

  /** The server sees the end of the connection; it closes the socket. */
  private State ended() {
    try {
      socket.shutdownOutput();
    } catch (IOException alreadyGone) {
      // As it shall be.
    }
    return State.ENDED;
  }

  private State handshake(byte first) throws IOException {
    SSLSocket over =
        (SSLSocket)
            visit
                .context()
                .getSocketFactory()
                .createSocket(
                    new RawSocket(socket, in, out),
                    new ByteArrayInputStream(new byte[] {first}),
                    true);
    int timeout = socket.getSoTimeout();
    try {
      over.setUseClientMode(false);
      over.setNeedClientAuth(true);
      socket.setSoTimeout(Visit.HANDSHAKE_MILLIS);
      over.startHandshake();
      socket.setSoTimeout(timeout);
    } catch (IOException refused) {
      // The peer got its alert.
      return ended();
    }
    if (!visit.admit(over.getSession(), this::cut)) {
      return ended();
    }
    tls = over;
    return State.TLS;
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      SSLSocket over;
      switch (decided()) {
        case PLAINTEXT:
          return readPlaintext(bytes, offset, length);
        case TLS:
          over = tls;
          return over == null ? -1 : readTls(over, bytes, offset, length);
        default:
          return -1;
      }
    }

    private int readPlaintext(byte[] bytes, int offset, int length) throws IOException {
      int first = sniffed;
      if (first < 0) {
        return in.read(bytes, offset, length);
      }
      sniffed = -1;
      bytes[offset] = (byte) first;
      int more = Math.min(length - 1, in.available());
      return more <= 0 ? 1 : 1 + Math.max(0, in.read(bytes, offset + 1, more));
    }

    private int readTls(SSLSocket over, byte[] bytes, int offset, int length) throws IOException {
      try {
        return over.getInputStream().read(bytes, offset, length);
      } catch (SSLException e) {
        if (socket.isInputShutdown()) {
          // By the server, in the middle of TLS.
          return -1;
        }
        throw e;
      }
    }

    @Override
    public int available() throws IOException {
      SSLSocket over = tls;
      if (state == State.TLS && over != null) {
        return over.getInputStream().available();
      }
      return state == State.ENDED ? 0 : in.available() + (sniffed < 0 ? 0 : 1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      SSLSocket over;
      switch (decided()) {
        case PLAINTEXT:
          out.write(bytes, offset, length);
          return;
        case TLS:
          over = tls;
          if (over != null) {
            writeTls(over, bytes, offset, length);
            return;
          }
          break;
        default:
          break;
      }
      throw new SocketException("Broken pipe");
    }

    private void writeTls(SSLSocket over, byte[] bytes, int offset, int length) throws IOException {
      writing.lock();
      try {
        over.getOutputStream().write(bytes, offset, length);
      } finally {
        writing.unlock();
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
