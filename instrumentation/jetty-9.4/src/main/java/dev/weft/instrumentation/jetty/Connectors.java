package dev.weft.instrumentation.jetty;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.EventListener;
import java.util.List;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.FillInterest;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.AbstractConnector;
import org.jspecify.annotations.Nullable;

/** What connectors and connections of all versions say, and the few members that were changed. */
final class Connectors {

  private static final Method DECRYPTED = decryptedEndPoint();
  private static final Method LISTEN = addListener();
  private static final Method FILLABLE = existing(FillInterest.class, "fillable");

  private Connectors() {}

  /** Whether the application terminates TLS on it itself, on all connections or on some. */
  static boolean endsTls(AbstractConnector connector) {
    for (String protocol : connector.getProtocols()) {
      // One that finds out by itself has the names of what it looks for: [ssl].
      if (protocol.contains("ssl")) {
        return true;
      }
    }
    return false;
  }

  static boolean speaksHttp2(AbstractConnector connector) {
    List<String> protocols = connector.getProtocols();
    return protocols.contains("h2c") || protocols.contains("h2");
  }

  /** The end of {@code tls} on which the server reads and writes plaintext. */
  static EndPoint decrypted(SslConnection tls) {
    return (EndPoint) call(DECRYPTED, tls);
  }

  static void listen(Connection connection, Connection.Listener listener) {
    call(LISTEN, connection, listener);
  }

  /** What waits for bytes goes on, as if the selector had seen some. */
  static void fillable(AbstractEndPoint endPoint) {
    // It returns nothing at first, and later whether something waited.
    call(FILLABLE, endPoint.getFillInterest());
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(method.toString(), e);
    }
  }

  private static Method decryptedEndPoint() {
    Method since12 = method(SslConnection.class, "getSslEndPoint");
    return since12 != null ? since12 : existing(SslConnection.class, "getDecryptedEndPoint");
  }

  private static Method addListener() {
    Method since10 = method(Connection.class, "addEventListener", EventListener.class);
    return since10 != null
        ? since10
        : existing(Connection.class, "addListener", Connection.Listener.class);
  }

  private static Method existing(Class<?> type, String name, Class<?>... parameters) {
    Method found = method(type, name, parameters);
    if (found == null) {
      throw new IllegalStateException("there is no " + name + " in " + type.getName());
    }
    return found;
  }

  private static @Nullable Method method(Class<?> type, String name, Class<?>... parameters) {
    try {
      return type.getMethod(name, parameters);
    } catch (NoSuchMethodException otherVersion) {
      return null;
    }
  }
}
