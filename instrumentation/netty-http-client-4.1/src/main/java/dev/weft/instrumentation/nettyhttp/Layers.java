package dev.weft.instrumentation.nettyhttp;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.util.Map;

/**
 * Tells by the handlers of a pipeline whether somebody above decides its requests, or nobody may.
 */
final class Layers {

  private static final String TLS = "handler.ssl.";
  private static final String PROXY = "handler.proxy.";
  private static final String IDLE = "handler.timeout.";

  /** The part of the library's class names that copies of it change. */
  private static final String LIBRARY =
      ChannelHandler.class
          .getName()
          .substring(
              0, ChannelHandler.class.getName().length() - "channel.ChannelHandler".length());

  /** Package of handlers, and a class that is there where an adapter above governs the library. */
  private static final String[][] ABOVE = {
    {"reactor.netty.", "reactor.netty.http.client.HttpClientConfig"},
    {"io.vertx.", "io.vertx.core.impl.future.FutureImpl"},
    {"org.asynchttpclient.", "org.asynchttpclient.netty.request.NettyRequestSender"},
    {"com.linecorp.armeria.", "com.linecorp.armeria.client.HttpClientDelegate"},
  };

  /** Found out once per class of handlers. */
  private static final ClassValue<Boolean> GOVERNED_ABOVE =
      new ClassValue<Boolean>() {
        @Override
        protected Boolean computeValue(Class<?> handler) {
          for (String[] above : ABOVE) {
            if (handler.getName().startsWith(above[0]) && has(handler.getClassLoader(), above[1])) {
              return true;
            }
          }
          return false;
        }
      };

  private Layers() {}

  private static boolean has(ClassLoader loader, String name) {
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** Whether an adapter above decides, the application has TLS of its own, or there is a proxy. */
  static boolean areLeftAlone(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      Class<?> handler = entry.getValue().getClass();
      if (GOVERNED_ABOVE.get(handler) || isOf(handler, TLS) || isOf(handler, PROXY)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a handler before the relay watches how long nothing was read. */
  static boolean watchIdleness(ChannelPipeline pipeline) {
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      if (entry.getValue() instanceof Relay) {
        return false;
      }
      if (isOf(entry.getValue().getClass(), IDLE)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(Class<?> handler, String beginning) {
    for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
      if (type.getName().startsWith(beginning, LIBRARY.length())
          && type.getName().startsWith(LIBRARY)) {
        return true;
      }
    }
    return false;
  }
}
