package dev.weft.instrumentation.grpc;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import dev.weft.instrumentation.SocketWrapper;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An accepted socket: plaintext or TLS of ours by its first byte, which is waited for when the
 * transport asks for a stream, on the thread on which it would do TLS of its own. The transport
 * sees plaintext in either case, and an {@code IOException} where the connection is refused.
 */
final class GuardedSocket extends SocketWrapper {

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final int HANDSHAKE = 0x16;

  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int GOODBYE_MILLIS = 500;

  private final @Nullable InetSocketAddress peer;
  private final ReentrantLock deciding = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable SSLSocket tls;

  /** Whether the mesh was told of the peer. */
  private volatile boolean connected;

  private @Nullable InputStream in;
  private @Nullable OutputStream out;

  GuardedSocket(Socket raw) {
    super(raw);
    SocketAddress remote = raw.getRemoteSocketAddress();
    this.peer = remote instanceof InetSocketAddress ? (InetSocketAddress) remote : null;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    deciding.lock();
    try {
      InputStream known = in;
      return known == null ? decide() : known;
    } finally {
      deciding.unlock();
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    deciding.lock();
    try {
      if (in == null) {
        decide();
      }
      OutputStream known = out;
      if (known == null) {
        throw new SocketException("Socket is closed");
      }
      return known;
    } finally {
      deciding.unlock();
    }
  }

  /** Never fails open: whatever breaks here ends the connection. */
  private InputStream decide() throws IOException {
    try {
      ServerTls rule = Mesh.transport().server(socket.getLocalPort());
      InputStream bytes = socket.getInputStream();
      if (rule.mode() == Mode.DISABLE) {
        return plaintext(bytes);
      }
      int first = bytes.read();
      SSLContext context = rule.context();
      if (first == HANDSHAKE && context != null) {
        return encrypted(context);
      }
      if (first < 0 || first == HANDSHAKE || rule.mode() == Mode.STRICT) {
        throw new SocketException("the peer speaks no TLS of the mesh");
      }
      return plaintext(
          new SequenceInputStream(new ByteArrayInputStream(new byte[] {(byte) first}), bytes));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private InputStream plaintext(InputStream bytes) throws IOException {
    out = socket.getOutputStream();
    in = bytes;
    return bytes;
  }

  private InputStream encrypted(SSLContext context) throws IOException {
    SSLSocket over =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(socket, new ByteArrayInputStream(new byte[] {HANDSHAKE}), true);
    over.setUseClientMode(false);
    over.setNeedClientAuth(true);
    Alpn.choose(over, "h2");
    int timeout = socket.getSoTimeout();
    socket.setSoTimeout(HANDSHAKE_MILLIS);
    over.startHandshake();
    socket.setSoTimeout(timeout);
    tls = over;
    InetSocketAddress known = peer;
    if (known != null) {
      connected = true;
      Mesh.transport().connected(known, socket.getLocalPort(), over.getSession());
      if (ended.get()) {
        // It was closed meanwhile, and its end was not told.
        Mesh.transport().disconnected(known, socket.getLocalPort());
        throw new SocketException("Socket is closed");
      }
    }
    out = new Output(over.getOutputStream());
    InputStream bytes = over.getInputStream();
    in = bytes;
    return bytes;
  }

  /** So that a goodbye does not wait for a peer that does not read. */
  private final class Output extends OutputStream {
    private final OutputStream bytes;

    Output(OutputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      writing.lock();
      try {
        bytes.write(source, offset, length);
      } finally {
        writing.unlock();
      }
    }

    @Override
    public void flush() throws IOException {
      bytes.flush();
    }

    @Override
    public void close() throws IOException {
      GuardedSocket.this.close();
    }
  }

  @Override
  // A close is there to end whatever others are about.
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void close() throws IOException {
    if (!ended.compareAndSet(false, true)) {
      socket.close();
      return;
    }
    sayGoodbye();
    socket.close();
    InetSocketAddress known = peer;
    if (connected && known != null) {
      Mesh.transport().disconnected(known, socket.getLocalPort());
    }
  }

  private void sayGoodbye() {
    SSLSocket over = tls;
    if (over == null || !writing.tryLock()) {
      return;
    }
    ScheduledFuture<?> cut =
        Mesh.timer().schedule(this::cut, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    try {
      over.close();
    } catch (IOException alreadyGone) {
      // Nobody hears it.
    } finally {
      cut.cancel(false);
      writing.unlock();
    }
  }

  private void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
