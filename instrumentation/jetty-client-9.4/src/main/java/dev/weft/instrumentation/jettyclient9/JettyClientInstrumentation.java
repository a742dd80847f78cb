package dev.weft.instrumentation.jettyclient9;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where a request enters the client, and where a destination tells its address. */
public final class JettyClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.jettyclient9.";
  private static final String CLIENT = "org.eclipse.jetty.client.";

  @Override
  public String name() {
    return "jetty-client-9.4";
  }

  @Override
  public void install(Hooks hooks) {
    // Before Jetty 12, which has other packages.
    hooks.onlyWith(CLIENT + "HttpConversation");
    hooks
        .type(CLIENT + "HttpClient")
        .advise(
            named("send")
                .and(takesArguments(2))
                .and(takesArgument(0, named(CLIENT + "HttpRequest")))
                .and(takesArgument(1, named("java.util.List"))),
            HERE + "SendAdvice");
    hooks
        .type(CLIENT + "HttpDestination")
        .advise(named("getConnectAddress").and(takesArguments(0)), HERE + "AddressAdvice");
  }
}
