package dev.weft.instrumentation.grpc;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import dev.weft.transport.TransportSecurity.ServerTls;
import dev.weft.transport.TransportSecurity.ServerTls.Mode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
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
final class GuardedSocket extends Socket {

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final int HANDSHAKE = 0x16;

  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int GOODBYE_MILLIS = 500;

  private final Socket raw;
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
    this.raw = raw;
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
      ServerTls rule = Mesh.transport().server(raw.getLocalPort());
      InputStream bytes = raw.getInputStream();
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
    out = raw.getOutputStream();
    in = bytes;
    return bytes;
  }

  private InputStream encrypted(SSLContext context) throws IOException {
    SSLSocket over =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(raw, new ByteArrayInputStream(new byte[] {HANDSHAKE}), true);
    over.setUseClientMode(false);
    over.setNeedClientAuth(true);
    Alpn.choose(over, "h2");
    int timeout = raw.getSoTimeout();
    raw.setSoTimeout(HANDSHAKE_MILLIS);
    over.startHandshake();
    raw.setSoTimeout(timeout);
    tls = over;
    InetSocketAddress known = peer;
    if (known != null) {
      connected = true;
      Mesh.transport().connected(known, raw.getLocalPort(), over.getSession());
      if (ended.get()) {
        // It was closed meanwhile, and its end was not told.
        Mesh.transport().disconnected(known, raw.getLocalPort());
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
      raw.close();
      return;
    }
    sayGoodbye();
    raw.close();
    InetSocketAddress known = peer;
    if (connected && known != null) {
      Mesh.transport().disconnected(known, raw.getLocalPort());
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
      raw.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  // ---- the rest is the socket's

  @Override
  public boolean isClosed() {
    return raw.isClosed();
  }

  @Override
  public boolean isConnected() {
    return raw.isConnected();
  }

  @Override
  public boolean isBound() {
    return raw.isBound();
  }

  @Override
  public InetAddress getInetAddress() {
    return raw.getInetAddress();
  }

  @Override
  public int getPort() {
    return raw.getPort();
  }

  @Override
  public InetAddress getLocalAddress() {
    return raw.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return raw.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return raw.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return raw.getLocalSocketAddress();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    raw.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return raw.getTcpNoDelay();
  }

  @Override
  public int getSoLinger() throws SocketException {
    return raw.getSoLinger();
  }

  @Override
  public synchronized void setSoTimeout(int timeout) throws SocketException {
    raw.setSoTimeout(timeout);
  }

  @Override
  public synchronized int getSoTimeout() throws SocketException {
    return raw.getSoTimeout();
  }

  @Override
  public synchronized int getSendBufferSize() throws SocketException {
    return raw.getSendBufferSize();
  }

  @Override
  public synchronized int getReceiveBufferSize() throws SocketException {
    return raw.getReceiveBufferSize();
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return raw.getKeepAlive();
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return raw.getTrafficClass();
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return raw.getReuseAddress();
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return raw.getOOBInline();
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
