package dev.weft.instrumentation.netty;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The choice of an application protocol, where the JDK has it (from 8u252 and 9). */
final class Alpn {

  private static final @Nullable Method SELECTOR = selector();

  private Alpn() {}

  /**
   * Accepts {@code protocol} if the client offers it; otherwise goes on without any, because other
   * meshes offer names of their own.
   */
  static void choose(SSLEngine engine, String protocol) {
    Method selector = SELECTOR;
    if (selector == null) {
      return;
    }
    BiFunction<SSLEngine, List<String>, String> choice =
        (of, offered) -> offered.contains(protocol) ? protocol : "";
    try {
      selector.invoke(engine, choice);
    } catch (ReflectiveOperationException | UnsupportedOperationException withoutIt) {
      // The protocol is told by its first bytes then.
    }
  }

  private static @Nullable Method selector() {
    try {
      return SSLEngine.class.getMethod("setHandshakeApplicationProtocolSelector", BiFunction.class);
    } catch (NoSuchMethodException old) {
      return null;
    }
  }
}
