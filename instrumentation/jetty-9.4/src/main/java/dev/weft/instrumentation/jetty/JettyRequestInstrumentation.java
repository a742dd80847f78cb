package dev.weft.instrumentation.jetty;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Hooks the requests of Jetty 9.4 to 11, from before the first handler to their end. An adapter of
 * its own: Jetty 12 has types of the same names with other members.
 */
public final class JettyRequestInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.jetty.";

  @Override
  public String name() {
    return "jetty-9.4 requests";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("org.eclipse.jetty.server.HttpChannelState");
    hooks
        .type("org.eclipse.jetty.server.HttpChannelState")
        .advise(named("handling").and(takesArguments(0)), HERE + "RequestAdvice");
    hooks
        .type("org.eclipse.jetty.server.Server")
        .advise(namedOneOf("handle", "handleAsync").and(takesArguments(1)), HERE + "HandleAdvice");
    hooks
        .type("org.eclipse.jetty.server.HttpChannel")
        .advise(named("onCompleted").and(takesArguments(0)), HERE + "CompletedAdvice")
        .advise(named("abort").and(takesArguments(1)), HERE + "AbortAdvice");
  }
}
