package dev.weft.instrumentation.jettyclient12;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where a request is sent or aborted, and where its destination is made. */
public final class JettyClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.jettyclient12.";
  private static final String CLIENT = "org.eclipse.jetty.client.";

  @Override
  public String name() {
    return "jetty-client-12.0";
  }

  @Override
  public void install(Hooks hooks) {
    // Of Jetty 12: the client had other packages before.
    hooks.onlyWith(CLIENT + "transport.HttpRequest");
    hooks
        .type(CLIENT + "transport.HttpRequest")
        .advise(
            named("send")
                .and(takesArguments(1))
                .and(takesArgument(0, named(CLIENT + "Response$CompleteListener"))),
            HERE + "SendAdvice")
        .advise(named("abort").and(takesArguments(1)), HERE + "AbortAdvice");
    hooks
        .type(CLIENT + "HttpClient")
        .advise(
            named("createOrigin")
                .and(takesArguments(2))
                .and(takesArgument(0, named(CLIENT + "Request"))),
            HERE + "OriginAdvice");
  }
}
