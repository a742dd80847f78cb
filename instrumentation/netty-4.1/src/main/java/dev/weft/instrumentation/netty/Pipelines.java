package dev.weft.instrumentation.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the handlers of a pipeline tell about it. On the channel's event loop. */
final class Pipelines {

  private static final String LIBRARY = prefix(Channel.class.getName(), "channel.Channel");
  private static final String TLS = prefix(SslHandler.class.getName(), "SslHandler");

  /** By name, in lower case: a client's class path may be without the codec of HTTP. */
  private static final String HTTP1 = "io.netty.handler.codec.http.http";

  private Pipelines() {}

  /** Whether the application terminates TLS in it. */
  static boolean hasOwnTls(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      for (Class<?> type = entry.getValue().getClass(); type != null; type = type.getSuperclass()) {
        if (type.getName().startsWith(TLS)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Netty's codec of a server of HTTP/1.1, or one of the same name: Armeria has its own. */
  static boolean isServerCodec(ChannelHandler handler) {
    for (Class<?> type = handler.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().endsWith(".HttpServerCodec")) {
        return true;
      }
    }
    return false;
  }

  /** Whether it speaks HTTP of any version, or will as soon as it knows which. */
  static boolean speaksHttp(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      if (isHttp(entry.getValue().getClass())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a client's connection is no business of the floor's: requests of HTTP are decided one
   * by one, TLS of the application and proxies are left alone.
   */
  static boolean isDecided(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      for (Class<?> type = entry.getValue().getClass(); type != null; type = type.getSuperclass()) {
        if (nameOf(type).startsWith("io.netty.handler.proxy.")) {
          return true;
        }
      }
    }
    return speaksHttp(pipeline) || hasOwnTls(pipeline);
  }

  /** Whether a client may begin with HTTP/2 without asking for an upgrade. */
  static boolean acceptsHttp2(ChannelPipeline pipeline) {
    boolean http1 = false;
    boolean http2 = false;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      Class<?> handler = entry.getValue().getClass();
      for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
        String name = nameOf(type);
        http1 |= name.equals(HTTP1 + "servercodec") || name.equals(HTTP1 + "requestdecoder");
        if (name.contains("cleartext") || name.contains("h2c") || name.contains("io.grpc.")) {
          return true;
        }
        http2 |= name.contains("http2");
      }
    }
    return http2 && !http1;
  }

  /** What a client will speak, as ALPN names it; null when its handlers do not tell yet. */
  static @Nullable String clientProtocol(ChannelPipeline pipeline) {
    boolean http1 = false;
    boolean http2 = false;
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      Class<?> handler = entry.getValue().getClass();
      for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
        String name = nameOf(type);
        // One that upgrades begins with HTTP/1.1, whatever else is there.
        http1 |= name.equals(HTTP1 + "clientcodec") || name.equals(HTTP1 + "requestencoder");
        http2 |= name.contains("http2") || name.startsWith("io.grpc.");
      }
    }
    return http1 ? "http/1.1" : http2 ? "h2" : null;
  }

  /** Whether a class of handlers has to do with HTTP, as far as names tell. */
  static boolean isHttp(Class<?> handler) {
    for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
      String name = nameOf(type);
      if (name.contains("http") || name.startsWith("io.grpc.")) {
        return true;
      }
    }
    return false;
  }

  /** The name of a class, in lower case and as in the library if it is of a copy of it. */
  static String nameOf(Class<?> type) {
    String name = type.getName();
    return (name.startsWith(LIBRARY) ? "io.netty." + name.substring(LIBRARY.length()) : name)
        .toLowerCase(Locale.ROOT);
  }

  /** The accepted connection under {@code channel}; null when it is none. */
  static @Nullable SocketChannel accepted(@Nullable Channel channel) {
    return channel instanceof SocketChannel && channel.parent() instanceof ServerChannel
        ? (SocketChannel) channel
        : null;
  }

  static @Nullable InetSocketAddress inet(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress ? (InetSocketAddress) address : null;
  }

  /** The port at which {@code channel} was accepted or is bound; 0 when it has none. */
  static int localPort(Channel channel) {
    InetSocketAddress local = inet(channel.localAddress());
    return local == null ? 0 : local.getPort();
  }

  private static String prefix(String name, String rest) {
    return name.substring(0, name.length() - rest.length());
  }
}
