package dev.weft.instrumentation.jetty12;

import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the server where it handles a request, after its customizers and before its handlers. */
public final class Jetty12Instrumentation implements Adapter {

  private static final String SERVER = "org.eclipse.jetty.server.Server";

  @Override
  public String name() {
    return "jetty-12.0";
  }

  @Override
  public void install(Hooks hooks) {
    // By a super type that only Jetty 12 has: earlier ones have a Server too.
    hooks
        .subtypesOf("org.eclipse.jetty.server.Handler$Wrapper", "org.eclipse.jetty.server.Request")
        .advise(
            named("handle").and(takesArguments(3)).and(isDeclaredBy(named(SERVER))),
            "dev.weft.instrumentation.jetty12.HandleAdvice");
  }
}
