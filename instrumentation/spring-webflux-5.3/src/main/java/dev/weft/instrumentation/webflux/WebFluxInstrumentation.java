package dev.weft.instrumentation.webflux;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where WebClient hands a request to its connector, and where WebFlux is given one. */
public final class WebFluxInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.webflux.";
  private static final String FUNCTION = "org.springframework.web.reactive.function.";

  @Override
  public String name() {
    return "spring-webflux-5.3";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith(FUNCTION + "client.WebClient");
    hooks
        .type(FUNCTION + "client.ExchangeFunctions$DefaultExchangeFunction")
        .advise(named("exchange").and(takesArguments(1)), HERE + "ExchangeAdvice");
    hooks
        .type(FUNCTION + "BodyInserters")
        .advise(named("fromValue").or(named("fromObject")), HERE + "ValueAdvice");
    hooks
        .type("org.springframework.web.server.adapter.HttpWebHandlerAdapter")
        .advise(named("handle").and(takesArguments(2)), HERE + "HandleAdvice");
  }
}
