package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On a channel that accepts: tells its port when it is bound, if what handles its connections has
 * to do with HTTP, or at the first connection that does. Thread-safe.
 */
final class ServerPort extends ChannelOutboundHandlerAdapter {

  static final String NAME = "weft-port";

  /** 0 until it is bound. */
  private volatile int port;

  private volatile boolean told;

  /** What it was told to be without TLS of the application's own. */
  private volatile boolean plain;

  @Override
  public void bind(ChannelHandlerContext ctx, SocketAddress address, ChannelPromise promise) {
    ctx.bind(
        address,
        promise
            .unvoid()
            .addListener(
                bound -> {
                  if (bound.isSuccess()) {
                    try {
                      bound(ctx.channel());
                    } catch (RuntimeException | LinkageError e) {
                      // It is told at the first connection then.
                      Mesh.problem("netty server port", e);
                    }
                  }
                }));
  }

  private void bound(Channel server) {
    port = Pipelines.localPort(server);
    Acceptor evidence = new Acceptor();
    for (Map.Entry<String, ChannelHandler> entry : server.pipeline()) {
      evidence.look(entry.getValue());
    }
    String protocol = evidence.protocol();
    if (protocol != null) {
      tell(server, protocol, evidence.tls());
    }
  }

  /**
   * Whether the mesh was told that this connection's port speaks HTTP without TLS of its own: its
   * clients go by that, and a codec may come in with the first bytes only.
   */
  static boolean isPlainHttp(Channel accepted) {
    ServerPort port = of(accepted);
    return port != null && port.plain;
  }

  /** A handler of HTTP was added to a connection that was accepted. */
  static void speaksHttp(Channel accepted, Class<?> handler) {
    ServerPort port = of(accepted);
    if (port != null && !port.told && Pipelines.isHttp(handler)) {
      String protocol = protocolOf(Pipelines.nameOf(handler));
      port.tell(
          accepted.parent(),
          protocol == null ? "http" : protocol,
          Pipelines.hasOwnTls(accepted.pipeline()));
    }
  }

  private static @Nullable ServerPort of(Channel accepted) {
    Channel server = accepted.parent();
    ChannelHandler found = server == null ? null : server.pipeline().get(NAME);
    return found instanceof ServerPort ? (ServerPort) found : null;
  }

  static @Nullable String protocolOf(String className) {
    if (className.startsWith("io.grpc.")) {
      return "grpc";
    }
    return className.contains("http") && !className.contains("client") ? "http" : null;
  }

  private synchronized void tell(Channel server, String protocol, boolean tls) {
    int bound = port;
    if (told || bound == 0) {
      return;
    }
    told = true;
    plain = !tls;
    Mesh.ports().opened(bound, protocol, tls);
    server.closeFuture().addListener(closed -> Mesh.ports().closed(bound));
  }
}
