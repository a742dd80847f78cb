package dev.weft.instrumentation.webflux;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where WebClient hands a request to its connector. */
public final class WebFluxInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.webflux.";
  private static final String FUNCTION = "org.springframework.web.reactive.function.";

  @Override
  public String name() {
    return "spring-webflux-5.3";
  }

  @Override
  public void install(Hooks hooks) {
    // WebClient without it is not there, or over a connector that governs itself.
    hooks.onlyWith("reactor.netty.http.client.HttpClientConfig");
    hooks
        .type(FUNCTION + "client.ExchangeFunctions$DefaultExchangeFunction")
        .advise(named("exchange").and(takesArguments(1)), HERE + "ExchangeAdvice");
    hooks
        .type(FUNCTION + "BodyInserters")
        .advise(named("fromValue").or(named("fromObject")), HERE + "ValueAdvice");
  }
}
