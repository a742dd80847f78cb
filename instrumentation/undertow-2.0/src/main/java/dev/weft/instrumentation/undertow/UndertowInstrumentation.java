package dev.weft.instrumentation.undertow;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks start and stop of embedded servers. */
public final class UndertowInstrumentation implements Adapter {

  @Override
  public String name() {
    return "undertow-2.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("io.undertow.Undertow")
        .advise(
            named("start").and(takesArguments(0)), "dev.weft.instrumentation.undertow.StartAdvice")
        .advise(
            named("stop").and(takesArguments(0)), "dev.weft.instrumentation.undertow.StopAdvice");
  }
}
