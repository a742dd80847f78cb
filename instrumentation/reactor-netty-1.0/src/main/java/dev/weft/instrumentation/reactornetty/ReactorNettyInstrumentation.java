package dev.weft.instrumentation.reactornetty;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where the client connects, where it asks for a connection, and where it makes a head. */
public final class ReactorNettyInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.reactornetty.";
  private static final String CLIENT = "reactor.netty.http.client.";

  @Override
  public String name() {
    return "reactor-netty-1.0";
  }

  @Override
  public void install(Hooks hooks) {
    // Not there before 1.0.
    hooks.onlyWith(CLIENT + "HttpClientConfig");
    hooks
        .type(CLIENT + "HttpConnectionProvider")
        .advise(named("acquire").and(takesArguments(4)), HERE + "AcquireAdvice");
    hooks
        .type(CLIENT + "HttpClientConnect$MonoHttpConnect")
        .advise(named("subscribe").and(takesArguments(1)), HERE + "ConnectAdvice");
    hooks
        .type(CLIENT + "HttpClientConnect$HttpClientHandler")
        .advise(named("requestWithBody").and(takesArguments(1)), HERE + "RequestAdvice");
  }
}
