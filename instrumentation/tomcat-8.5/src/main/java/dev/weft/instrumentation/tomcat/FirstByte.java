package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.apache.coyote.http11.Http11InputBuffer;
import org.jspecify.annotations.Nullable;

/** What becomes of a connection by its first byte and the rule for its port. */
final class FirstByte {

  /** The type of the record that carries a ClientHello. No HTTP request begins with it. */
  private static final byte HANDSHAKE = 0x16;

  /** Ports of connectors that are set up for HTTP/2. */
  private static final Set<Integer> HTTP2 = ConcurrentHashMap.newKeySet();

  /** Since Java 9, and in late Java 8; null where the JVM has no ALPN. */
  private static final @Nullable Method SET_SELECTOR = selector();

  /** Whether an HTTP/1.1 connector takes a connection that begins as HTTP/2; old ones do not. */
  private static final boolean TAKES_PREFACE = takesPreface();

  private FirstByte() {}

  static void speaksHttp2(int localPort, boolean yes) {
    if (yes) {
      HTTP2.add(localPort);
    } else {
      HTTP2.remove(localPort);
    }
  }

  static ServerTls rule(int localPort) {
    return Mesh.transport().server(localPort);
  }

  static boolean isTls(byte first) {
    return first == HANDSHAKE;
  }

  static boolean mayBePlaintext(ServerTls rule) {
    return rule.mode() != ServerTls.Mode.STRICT;
  }

  /** The server's end of mutual TLS; null where the rule has no context for it. */
  static @Nullable SSLEngine engine(ServerTls rule, int localPort) {
    SSLContext context = rule.context();
    if (context == null) {
      return null;
    }
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    if (SET_SELECTOR != null) {
      boolean http2 = TAKES_PREFACE && HTTP2.contains(localPort);
      // "" is: none of them, and go on. Lists of other meshes are unknown to us.
      BiFunction<SSLEngine, List<String>, String> choice =
          (self, offered) ->
              http2 && offered.contains("h2")
                  ? "h2"
                  : offered.contains("http/1.1") ? "http/1.1" : "";
      try {
        SET_SELECTOR.invoke(engine, choice);
      } catch (IllegalAccessException | InvocationTargetException e) {
        Mesh.problem("tomcat ALPN", e);
      }
    }
    return engine;
  }

  private static @Nullable Method selector() {
    try {
      return SSLEngine.class.getMethod("setHandshakeApplicationProtocolSelector", BiFunction.class);
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  private static boolean takesPreface() {
    try {
      // Private, and there is no other sign of it.
      return Http11InputBuffer.class.getDeclaredField("CLIENT_PREFACE_START") != null;
    } catch (NoSuchFieldException | LinkageError older) {
      return false;
    }
  }
}
