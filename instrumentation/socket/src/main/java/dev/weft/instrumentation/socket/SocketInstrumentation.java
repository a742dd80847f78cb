package dev.weft.instrumentation.socket;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where a socket connects, gives its streams, and closes. */
public final class SocketInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.socket.";

  @Override
  public String name() {
    return "socket";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("java.net.Socket")
        .advise(named("connect").and(takesArguments(2)), HERE + "ConnectAdvice")
        .advise(named("getInputStream"), HERE + "InputAdvice")
        .advise(named("getOutputStream"), HERE + "OutputAdvice")
        .advise(named("close").and(takesArguments(0)), HERE + "CloseAdvice");
  }
}
