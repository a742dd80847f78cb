package dev.weft.instrumentation.vertx;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Hooks where a client makes a request, where it chooses how to speak on a connection, and where a
 * thread begins to work for a context.
 */
public final class VertxInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.vertx.";
  private static final String HTTP = "io.vertx.core.http.";
  private static final String CONTEXTS = "io.vertx.core.impl.";

  @Override
  public String name() {
    return "vertx-4.0";
  }

  @Override
  public void install(Hooks hooks) {
    // Not there before 4.0.
    hooks.onlyWith("io.vertx.core.impl.future.FutureImpl");
    hooks
        .type(HTTP + "impl.HttpClientImpl")
        .advise(
            named("request")
                .and(takesArguments(1))
                .and(takesArgument(0, named(HTTP + "RequestOptions"))),
            HERE + "RequestAdvice")
        .advise(
            named("request")
                .and(takesArguments(2))
                .and(takesArgument(0, named(HTTP + "RequestOptions")))
                .and(takesArgument(1, named("io.vertx.core.Handler"))),
            HERE + "RequestHandlerAdvice")
        // Vert.x 4.0 does not make options of these.
        .advise(
            named("request").and(takesArguments(4)).and(takesArgument(1, named("int"))),
            HERE + "RequestPartsAdvice")
        .advise(
            named("request")
                .and(takesArguments(5))
                .and(takesArgument(1, named("int")))
                .and(takesArgument(4, named("io.vertx.core.Handler"))),
            HERE + "RequestPartsHandlerAdvice");
    hooks
        .type(HTTP + "impl.HttpChannelConnector")
        .advise(isConstructor(), HERE + "ConnectorAdvice");
    hooks.type(CONTEXTS + "DuplicatedContext").advise(isConstructor(), HERE + "ContextMadeAdvice");
    hooks
        .type(CONTEXTS + "VertxImpl")
        .advise(named("beginDispatch").and(takesArguments(1)), HERE + "DispatchAdvice")
        .advise(named("endDispatch").and(takesArguments(1)), HERE + "DispatchEndAdvice");
    // Vert.x 4.0 only.
    hooks
        .type(CONTEXTS + "AbstractContext")
        .advise(named("beginDispatch").and(takesArguments(0)), HERE + "OwnDispatchAdvice")
        .advise(named("endDispatch").and(takesArguments(1)), HERE + "DispatchEndAdvice");
  }
}
