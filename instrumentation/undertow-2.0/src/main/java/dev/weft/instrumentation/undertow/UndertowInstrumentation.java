package dev.weft.instrumentation.undertow;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks start and stop of embedded servers, the connections they accept, and their requests. */
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
    hooks
        .type("io.undertow.server.protocol.http.HttpOpenListener")
        .advise(
            named("handleEvent").and(takesArguments(2)),
            "dev.weft.instrumentation.undertow.OpenAdvice");
    hooks
        .type("io.undertow.server.Connectors")
        .advise(
            named("executeRootHandler").and(takesArguments(2)),
            "dev.weft.instrumentation.undertow.RootHandlerAdvice");
    hooks
        .type("io.undertow.server.HttpServerExchange")
        .advise(
            named("dispatch")
                .and(takesArguments(2))
                .and(takesArgument(0, named("java.util.concurrent.Executor")))
                .and(takesArgument(1, named("java.lang.Runnable"))),
            "dev.weft.instrumentation.undertow.DispatchAdvice");
    hooks
        .type("io.undertow.servlet.spec.HttpServletRequestImpl")
        .advise(
            isConstructor().and(takesArguments(2)),
            "dev.weft.instrumentation.undertow.ServletRequestAdvice");
  }
}
