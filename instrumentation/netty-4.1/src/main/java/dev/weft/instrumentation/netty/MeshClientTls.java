package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Alpn;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import dev.weft.transport.TransportSecurity.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * {@link MeshTls} of a connection to an endpoint of the mesh. To the application the connect takes
 * as long as connecting and the handshake together: it succeeds, and the channel is active, when
 * the peer has proved who it is. A handshake that fails is a connect that fails.
 */
final class MeshClientTls extends MeshTls {

  private static final int HANDSHAKE_MILLIS = 10_000;

  private final ClientTls tls;
  private final String peer;

  /** The application's. */
  private final ChannelPromise connected;

  private boolean started;
  private boolean secured;

  private MeshClientTls(String peer, ClientTls tls, SSLEngine engine, ChannelPromise connected) {
    super(engine);
    this.peer = peer;
    this.tls = tls;
    this.connected = connected;
    files.hold();
  }

  /**
   * Connects by TLS of ours, or fails {@code promise}, if {@code remote} is an endpoint that must
   * be reached so; asks the floor about any other, and returns false if that leaves it alone. On
   * the event loop, in the place of the transport's connect.
   */
  static boolean takeOver(
      ChannelHandlerContext head,
      @Nullable SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    InetSocketAddress address = Pipelines.inet(remote);
    if (address == null) {
      return false;
    }
    if (!Endpoint.isTls(address.getHostString())) {
      return FloorConnect.takeOver(head, address, local, promise);
    }
    try {
      if (head.pipeline().get(NAME) != null || Pipelines.hasOwnTls(head.pipeline())) {
        return false;
      }
      connectSecurely(head, address, local, promise);
    } catch (Throwable failure) {
      // Whatever went wrong, plaintext must not go to this endpoint.
      refuse(head, address.getHostString(), promise, failure);
    }
    return true;
  }

  /** Whatever is thrown, plaintext must not go to {@code address}. */
  static void connectSecurely(
      ChannelHandlerContext head,
      InetSocketAddress address,
      @Nullable SocketAddress local,
      ChannelPromise promise)
      throws Exception {
    String peer = address.getHostString();
    ClientTls tls = Mesh.transport().client(peer);
    if (tls == null) {
      throw new ConnectException(
          peer + " must be reached by mutual TLS, and this workload has no certificate for it");
    }
    SSLEngine engine = tls.context().createSSLEngine(peer, address.getPort());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    String serverName = tls.serverName();
    if (serverName != null) {
      parameters.setServerNames(Collections.singletonList(new SNIHostName(serverName)));
    }
    String protocol = Pipelines.clientProtocol(head.pipeline());
    if (protocol != null) {
      Alpn.offer(parameters, protocol);
    }
    engine.setSSLParameters(parameters);
    MeshClientTls handler = new MeshClientTls(peer, tls, engine, promise);
    handler.limitHandshake(head.channel());
    head.pipeline().addFirst(NAME, handler);
    ChannelPromise reached = head.newPromise();
    reached.addListener(
        done -> {
          if (!done.isSuccess()) {
            promise.tryFailure(done.cause());
          }
        });
    promise.addListener(
        done -> {
          if (done.isCancelled()) {
            reached.cancel(false);
            close(head);
          }
        });
    // Comes by here again, and finds the handler in its place.
    head.pipeline().context(handler).connect(address, local, reached);
  }

  private void limitHandshake(Channel channel) {
    int connect = channel.config().getConnectTimeoutMillis();
    ssl.setHandshakeTimeoutMillis(
        connect > 0 ? Math.min(connect, HANDSHAKE_MILLIS) : HANDSHAKE_MILLIS);
  }

  /** Fails the connect, as a transport does that cannot. */
  static void refuse(
      ChannelHandlerContext ctx, String peer, ChannelPromise promise, Throwable failure) {
    ConnectException refusal;
    if (failure instanceof ConnectException) {
      refusal = (ConnectException) failure;
    } else {
      refusal = new ConnectException(peer + " cannot be reached by mutual TLS: " + failure);
      refusal.initCause(failure);
    }
    promise.tryFailure(refusal);
    close(ctx);
  }

  /** As a transport does that cannot connect: no handler is asked. */
  private static void close(ChannelHandlerContext ctx) {
    ctx.channel().unsafe().close(ctx.voidPromise());
  }

  /** The connection is there. The application hears of it after the handshake. */
  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    started = true;
    ssl.handshakeFuture().addListener(handshake -> handshakeEnded(ctx, handshake));
    // Of an active channel, this begins the handshake.
    ssl.handlerAdded(ctx);
    if (!ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  private void handshakeEnded(ChannelHandlerContext ctx, Future<?> handshake) throws Exception {
    Throwable failure = handshake.cause();
    if (failure == null) {
      try {
        tls.verify(ssl.engine().getSession());
      } catch (SSLPeerUnverifiedException | RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      if (failure instanceof SSLException || failure.getCause() instanceof SSLException) {
        Mesh.transport().refused(peer, Refusal.HANDSHAKE);
      }
      refuse(ctx, peer, connected, failure);
      return;
    }
    // Before the application hears of it: what it then does with the pipeline is its own.
    secured = true;
    if (connected.trySuccess()) {
      ctx.fireChannelActive();
      files.release(ctx);
    } else {
      close(ctx);
    }
  }

  /** Of a connection that never was there for the application it hears the end by its connect. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    files.drop();
    if (secured) {
      ssl.channelInactive(ctx);
    } else {
      refuse(ctx, peer, connected, new ConnectException(peer + " closed the connection"));
    }
  }

  /** Whether the application has the connection, which is safe by this alone. */
  boolean isSecured() {
    return secured;
  }

  /** Nobody may write to the connection without it. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
    if (started) {
      super.handlerRemoved(ctx);
    } else {
      files.drop();
    }
    if (ctx.channel().isOpen()) {
      refuse(ctx, peer, connected, new ConnectException("TLS of the mesh was taken off"));
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) throws Exception {
    if (started) {
      super.read(ctx);
    } else {
      ctx.read();
    }
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    if (started) {
      super.disconnect(ctx, promise);
    } else {
      ctx.disconnect(promise);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    if (started) {
      super.close(ctx, promise);
    } else {
      ctx.close(promise);
    }
  }
}
