package dev.weft.instrumentation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The streams of an accepted socket, over which TLS of the mesh and plaintext come. The first byte
 * tells one from the other; it is waited for, and a handshake is done, by the server's own thread
 * that reads first, with the timeout that the server set.
 */
public final class SniffedSocket {

  /** How long a handshake may take: milliseconds. */
  private static final int HANDSHAKE_MILLIS = 10_000;

  /** How long a goodbye may hold up a close: milliseconds. */
  private static final int GOODBYE_MILLIS = 500;

  /** What the first byte of a connection means. */
  public enum Kind {
    TLS,
    PLAINTEXT,
    REFUSED
  }

  /** What the mesh makes of one connection. */
  public interface Gate {

    /** Whether the connection is plaintext whatever it begins with. */
    boolean isUnencrypted();

    Kind judge(byte first);

    /** Of a connection that was judged to be TLS. */
    SSLContext context();

    /**
     * Whether the connection may go on. Never fails open.
     *
     * @param session of a handshake that is over; null for plaintext
     * @param abort breaks the connection off later; any thread, must not block
     */
    boolean admit(@Nullable SSLSession session, Runnable abort);

    /** The connection is over; only the first call counts. */
    void end();

    /** Runs {@code task} after that time, unless it is cancelled. */
    Future<?> after(int millis, Runnable task);
  }

  private enum State {
    NEW,
    PLAINTEXT,
    TLS,
    /** Nothing comes, and nothing goes. */
    ENDED
  }

  private final InputStream input = new Input();
  private final OutputStream output = new Output();

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Gate gate;
  private final ReentrantLock deciding = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile State state = State.NEW;
  private volatile @Nullable SSLSocket tls;
  private volatile boolean cut;

  /** The byte that was read to find out; -1 for none. */
  private int sniffed = -1;

  /** Before anything is read from {@code socket}. */
  public SniffedSocket(Socket socket, Gate gate) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.gate = gate;
  }

  /** Lets a connection in, or not, whose first byte need not be waited for. To be called once. */
  public void decideAtOnce() {
    if (gate.isUnencrypted()) {
      state = gate.admit(null, this::cut) ? State.PLAINTEXT : ended();
    }
  }

  /** What the server reads instead of the socket's own. */
  public InputStream input() {
    return input;
  }

  /** What the server writes to instead of the socket's own. */
  public OutputStream output() {
    return output;
  }

  /** The server is about to close the socket. */
  public void closing() {
    sayGoodbye();
    gate.end();
  }

  /** Tells the peer that no more comes, where that is TLS's business; in bounded time. */
  public void sayGoodbye() {
    SSLSocket over = tls;
    // A writer that hangs on a peer which does not read must not hold up the one who closes.
    if (over == null || cut || state != State.TLS || !writing.tryLock()) {
      return;
    }
    Future<?> end = gate.after(GOODBYE_MILLIS, this::cut);
    try {
      over.shutdownOutput();
    } catch (IOException alreadyGone) {
      // Nobody hears it.
    } catch (UnsupportedOperationException olderJdk) {
      closeQuietly(over);
    } finally {
      end.cancel(false);
      writing.unlock();
    }
  }

  /** Ends the connection without a goodbye. */
  public void cut() {
    cut = true;
    closeQuietly(socket);
    gate.end();
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
    switch (gate.judge((byte) first)) {
      case PLAINTEXT:
        sniffed = first;
        return gate.admit(null, this::cut) ? State.PLAINTEXT : ended();
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
            gate.context()
                .getSocketFactory()
                .createSocket(
                    new RawSocket(socket, in, out),
                    new ByteArrayInputStream(new byte[] {first}),
                    true);
    int timeout = socket.getSoTimeout();
    try {
      over.setUseClientMode(false);
      over.setNeedClientAuth(true);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      over.startHandshake();
      socket.setSoTimeout(timeout);
    } catch (IOException refused) {
      // The peer got its alert.
      return ended();
    }
    if (!gate.admit(over.getSession(), this::cut)) {
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
