package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh.Connection;
import dev.weft.transport.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Where a channel of a library that no adapter knows connects. On the channel's event loop. */
final class FloorConnect {

  private final ChannelHandlerContext head;
  private final InetSocketAddress wanted;
  private final @Nullable SocketAddress local;
  private final ChannelPromise promise;
  private final Connection connection;

  private FloorConnect(
      ChannelHandlerContext head,
      InetSocketAddress wanted,
      @Nullable SocketAddress local,
      ChannelPromise promise,
      Connection connection) {
    this.head = head;
    this.wanted = wanted;
    this.local = local;
    this.promise = promise;
    this.connection = connection;
  }

  /**
   * Connects in the place of the transport, now or when the policy is there; returns false for what
   * is not the mesh's, or is decided by somebody above.
   */
  static boolean takeOver(
      ChannelHandlerContext head,
      InetSocketAddress wanted,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    String host = wanted.getHostString();
    if (!(head.channel() instanceof SocketChannel)
        || Endpoint.isSynthetic(host)
        || Pipelines.isDecided(head.pipeline())) {
      return false;
    }
    InetAddress address = isNowhere(wanted) ? null : wanted.getAddress();
    Connection connection = Mesh.outbound().connect(host, wanted.getPort(), address);
    return connection != null && new FloorConnect(head, wanted, local, promise, connection).begin();
  }

  /** What a name gets that only the mesh knows, where somebody above looks it up. */
  private static boolean isNowhere(InetSocketAddress address) {
    return address.getAddress() != null && address.getAddress().isAnyLocalAddress();
  }

  /** Returns false where it is left to the transport. */
  private boolean begin() {
    CompletionStage<?> pending = connection.pending();
    if (pending == null) {
      return decide();
    }
    EventLoop loop = head.channel().eventLoop();
    AtomicBoolean once = new AtomicBoolean();
    Runnable decide =
        () -> {
          if (once.compareAndSet(false, true) && !decide()) {
            leave();
          }
        };
    Future<?> late = loop.schedule(decide, connection.patienceNanos(), TimeUnit.NANOSECONDS);
    pending.whenComplete(
        (value, failure) -> {
          late.cancel(false);
          loop.execute(decide);
        });
    return true;
  }

  private boolean decide() {
    boolean tls = false;
    try {
      switch (connection.start()) {
        case REDIRECT:
          Endpoint endpoint = connection.endpoint();
          tls = endpoint.tls();
          Meter.put(head.pipeline(), connection, promise);
          redirect(endpoint);
          return true;
        case REFUSE:
          MeshClientTls.refuse(head, "", promise, new ConnectException(connection.reason()));
          return true;
        case COUNT:
          Meter.put(head.pipeline(), connection, promise);
          return false;
        default:
          return false;
      }
    } catch (Throwable failure) {
      if (tls) {
        MeshClientTls.refuse(head, wanted.getHostString(), promise, failure);
        return true;
      }
      Mesh.problem("netty connect", failure);
      return false;
    }
  }

  /** Transports, and our TLS, look at the channel's timeout when a connect begins. */
  private void redirect(Endpoint endpoint) throws Exception {
    ChannelConfig config = head.channel().config();
    int own = config.getConnectTimeoutMillis();
    int limit = limitMillis();
    boolean shorter = limit > 0 && (own == 0 || limit < own);
    if (shorter) {
      config.setConnectTimeoutMillis(limit);
    }
    try {
      if (endpoint.tls()) {
        MeshClientTls.connectSecurely(head, endpoint.socketAddress(), local, promise);
      } else {
        connect(endpoint.socketAddress(wanted.getHostString()));
      }
    } finally {
      if (shorter) {
        // The application may look at it.
        config.setConnectTimeoutMillis(own);
      }
    }
  }

  /** 0 for none. */
  private int limitMillis() {
    long nanos = connection.connectTimeoutNanos();
    return nanos <= 0
        ? 0
        : (int) Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), 1 << 30));
  }

  /** As the application wants it. */
  private void leave() {
    if (isNowhere(wanted)) {
      MeshClientTls.refuse(head, "", promise, new ConnectException(wanted.getHostString()));
    } else {
      connect(wanted);
    }
  }

  /** As the head of a pipeline does it. */
  private void connect(SocketAddress to) {
    Channel channel = head.channel();
    channel.unsafe().connect(to, local, promise);
  }
}
