package dev.weft.instrumentation.undertow;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.TransportSecurity.ServerTls;
import io.undertow.UndertowOptions;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.ssl.SslConnection;

/**
 * An accepted connection that has not said yet whether it is plaintext or mutual TLS: its first
 * byte tells, and it is opened once more, over TLS or not. Until then the listener's own time for
 * an idle connection holds. Used by the connection's I/O thread.
 */
final class SniffedConnection implements ChannelListener<StreamSourceChannel> {

  /** The first byte of a TLS record that carries a ClientHello; of no HTTP request. */
  private static final byte HANDSHAKE = 0x16;

  /** Those that are opened for the second time, for as long as that takes. */
  private static final WeakIdentityMap<Boolean> DECIDED = new WeakIdentityMap<>();

  private final HttpOpenListener listener;
  private final StreamConnection connection;
  private final InetSocketAddress peer;
  private final int localPort;
  private XnioExecutor.@Nullable Key limit;

  private SniffedConnection(
      HttpOpenListener listener,
      StreamConnection connection,
      InetSocketAddress peer,
      int localPort) {
    this.listener = listener;
    this.connection = connection;
    this.peer = peer;
    this.localPort = localPort;
  }

  /** False where the listener does as it always did. */
  static boolean takes(
      HttpOpenListener listener, StreamConnection connection, @Nullable PooledByteBuffer buffer) {
    // TLS of the application's own, or of ours when it is opened for the second time.
    if (connection instanceof SslConnection || DECIDED.get(connection) != null) {
      return false;
    }
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    InetSocketAddress local = connection.getLocalAddress(InetSocketAddress.class);
    if (peer == null || local == null) {
      return false;
    }
    ServerTls rule = Mesh.transport().server(local.getPort());
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      return false;
    }
    if (buffer != null || Proxied.is(connection)) {
      return refuses(rule, connection, buffer);
    }
    new SniffedConnection(listener, connection, peer, local.getPort()).await();
    return true;
  }

  /** One that is not at its beginning can be plaintext only. */
  private static boolean refuses(
      ServerTls rule, StreamConnection connection, @Nullable PooledByteBuffer buffer) {
    if (rule.mode() != ServerTls.Mode.STRICT) {
      return false;
    }
    if (buffer != null) {
      buffer.close();
    }
    IoUtils.safeClose(connection);
    return true;
  }

  private void await() {
    long millis = patienceMillis();
    if (millis > 0) {
      limit =
          connection
              .getIoThread()
              .executeAfter(() -> IoUtils.safeClose(connection), millis, TimeUnit.MILLISECONDS);
    }
    connection.getSourceChannel().setReadListener(this);
    connection.getSourceChannel().wakeupReads();
  }

  /** The shortest time that the listener gives a connection which says nothing; 0 for ever. */
  private long patienceMillis() {
    long shortest = Long.MAX_VALUE;
    int[] limits = {
      listener.getUndertowOptions().get(UndertowOptions.NO_REQUEST_TIMEOUT, 0),
      listener.getUndertowOptions().get(UndertowOptions.IDLE_TIMEOUT, 0),
      readTimeout()
    };
    for (int limit : limits) {
      if (limit > 0) {
        shortest = Math.min(shortest, limit);
      }
    }
    return shortest == Long.MAX_VALUE ? 0 : shortest;
  }

  private int readTimeout() {
    try {
      Integer timeout = connection.getOption(Options.READ_TIMEOUT);
      return timeout == null ? 0 : timeout;
    } catch (IOException closed) {
      return 0;
    }
  }

  @Override
  public void handleEvent(StreamSourceChannel source) {
    PooledByteBuffer buffer = listener.getBufferPool().allocate();
    boolean passedOn = false;
    try {
      int count = source.read(buffer.getBuffer());
      if (count == 0) {
        source.resumeReads();
        return;
      }
      source.suspendReads();
      if (limit != null) {
        limit.remove();
      }
      if (count > 0) {
        buffer.getBuffer().flip();
        passedOn = decide(buffer);
      }
      if (!passedOn) {
        IoUtils.safeClose(connection);
      }
    } catch (Throwable t) {
      IoUtils.safeClose(connection);
      if (!(t instanceof IOException)) {
        Mesh.problem("undertow accept", t);
      }
    } finally {
      if (!passedOn) {
        buffer.close();
      }
    }
  }

  /** False to close the connection. */
  private boolean decide(PooledByteBuffer buffer) {
    byte first = buffer.getBuffer().get(buffer.getBuffer().position());
    // Asked again: it may have been some time until the peer said something.
    ServerTls rule = Mesh.transport().server(localPort);
    SSLContext context = rule.context();
    if (rule.mode() != ServerTls.Mode.DISABLE) {
      if (first == HANDSHAKE && context != null) {
        listener.handleEvent(
            MeshTls.over(connection, buffer, context, listener, peer, localPort), null);
        return true;
      }
      if (first == HANDSHAKE || rule.mode() == ServerTls.Mode.STRICT) {
        return false;
      }
    }
    DECIDED.put(connection, true);
    try {
      listener.handleEvent(connection, buffer);
    } finally {
      DECIDED.remove(connection);
    }
    return true;
  }
}
