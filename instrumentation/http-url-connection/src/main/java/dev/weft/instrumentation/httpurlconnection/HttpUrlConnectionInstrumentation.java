package dev.weft.instrumentation.httpurlconnection;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the JDK's {@code http:} handler, its connect, and its pool of connections. */
public final class HttpUrlConnectionInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.httpurlconnection.";

  @Override
  public String name() {
    return "http-url-connection";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("sun.net.www.protocol.http.Handler")
        .advise(named("openConnection").and(takesArguments(2)), HERE + "OpenAdvice");
    hooks
        .type("sun.net.NetworkClient")
        .advise(named("doConnect").and(takesArguments(2)), HERE + "ConnectAdvice");
    hooks
        .type("sun.net.www.http.KeepAliveCache")
        .advise(named("get").and(takesArguments(2)), HERE + "PoolTakeAdvice")
        .advise(named("put").and(takesArguments(3)), HERE + "PoolReturnAdvice");
  }
}
