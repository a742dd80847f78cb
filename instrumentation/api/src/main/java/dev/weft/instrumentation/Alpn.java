package dev.weft.instrumentation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the protocol of a TLS connection, where the JDK can (8u252 and newer, hence by
 * reflection). A peer that names none of ours is served all the same: other meshes have names of
 * their own.
 */
public final class Alpn {

  private static final @Nullable Method SELECTOR =
      method(SSLEngine.class, "setHandshakeApplicationProtocolSelector", BiFunction.class);
  private static final @Nullable Method SOCKET_SELECTOR =
      method(SSLSocket.class, "setHandshakeApplicationProtocolSelector", BiFunction.class);
  private static final @Nullable Method OFFER =
      method(SSLParameters.class, "setApplicationProtocols", String[].class);

  private Alpn() {}

  /**
   * @param protocols in the server's order of preference
   */
  public static void choose(SSLEngine engine, String... protocols) {
    BiFunction<SSLEngine, List<String>, String> choice =
        (handshake, offered) -> chosen(protocols, offered);
    set(SELECTOR, engine, choice);
  }

  /** As {@link #choose(SSLEngine, String...)}. */
  public static void choose(SSLSocket socket, String... protocols) {
    BiFunction<SSLSocket, List<String>, String> choice =
        (handshake, offered) -> chosen(protocols, offered);
    set(SOCKET_SELECTOR, socket, choice);
  }

  private static String chosen(String[] protocols, List<String> offered) {
    for (String protocol : protocols) {
      if (offered.contains(protocol)) {
        return protocol;
      }
    }
    return "";
  }

  private static void set(@Nullable Method selector, Object tls, BiFunction<?, ?, ?> choice) {
    try {
      if (selector != null) {
        selector.invoke(tls, choice);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      // Of another provider that cannot: there is no choice, as on an older JDK.
    }
  }

  /**
   * The client's side: what it offers.
   *
   * @param protocols in the client's order of preference
   */
  public static void offer(SSLParameters parameters, String... protocols) {
    try {
      if (OFFER != null) {
        OFFER.invoke(parameters, (Object) protocols);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      // As on an older JDK: nothing is offered.
    }
  }

  private static @Nullable Method method(Class<?> type, String name, Class<?> parameter) {
    try {
      return type.getMethod(name, parameter);
    } catch (NoSuchMethodException olderJdk) {
      return null;
    }
  }
}
