package dev.weft.instrumentation.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.ssl.SslConnection;

/**
 * The server's side of TLS over a connection that exists. It must be the server's from its making
 * on: its state of the handshake is set up then. Early versions of Undertow make that of a client
 * only, hence the constructor that is theirs alone.
 */
final class ServerSide {

  private static final @Nullable Method WRAP = wrap();
  private static final @Nullable Constructor<?> CONNECTION = WRAP == null ? connection() : null;

  /**
   * A record of full size and its head fit into its buffers; into those of a listener they do not.
   */
  private static final @Nullable ByteBufferPool BUFFERS =
      WRAP == null ? new DefaultByteBufferPool(true, 17 * 1024, -1, 12) : null;

  private ServerSide() {}

  /** Its client must present a certificate. */
  static SslConnection over(StreamConnection connection, SSLContext context) {
    try {
      if (CONNECTION != null) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(true);
        return (SslConnection) CONNECTION.newInstance(connection, engine, BUFFERS);
      }
      if (WRAP == null) {
        throw new IllegalStateException("this Undertow makes no TLS over an existing connection");
      }
      UndertowXnioSsl factory =
          new UndertowXnioSsl(connection.getWorker().getXnio(), OptionMap.EMPTY, context);
      SslConnection made = (SslConnection) WRAP.invoke(factory, connection, OptionMap.EMPTY, false);
      UndertowXnioSsl.getSslEngine(made).setNeedClientAuth(true);
      return made;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("TLS over an existing connection", e);
    }
  }

  private static @Nullable Method wrap() {
    try {
      return UndertowXnioSsl.class.getMethod(
          "wrapExistingConnection", StreamConnection.class, OptionMap.class, boolean.class);
    } catch (NoSuchMethodException early) {
      return null;
    }
  }

  private static @Nullable Constructor<?> connection() {
    try {
      Constructor<?> found =
          Class.forName(
                  "io.undertow.protocols.ssl.UndertowSslConnection",
                  false,
                  UndertowXnioSsl.class.getClassLoader())
              .getDeclaredConstructor(
                  StreamConnection.class, SSLEngine.class, ByteBufferPool.class);
      found.setAccessible(true);
      return found;
    } catch (ReflectiveOperationException other) {
      return null;
    }
  }
}
