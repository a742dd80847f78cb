package dev.weft.instrumentation.springcloud;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the filters of load-balanced WebClients. Apart: applications without WebFlux have them. */
public final class ReactiveInstrumentation implements Adapter {

  private static final String REACTIVE = "org.springframework.cloud.client.loadbalancer.reactive.";
  private static final String ADVICE = "dev.weft.instrumentation.springcloud.FilterAdvice";

  @Override
  public String name() {
    return "spring-cloud-loadbalancer-2.2 for WebClient";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("org.springframework.web.reactive.function.client.ExchangeFilterFunction");
    for (String filter :
        new String[] {
          "LoadBalancerExchangeFilterFunction",
          "ReactorLoadBalancerExchangeFilterFunction",
          "RetryableLoadBalancerExchangeFilterFunction"
        }) {
      hooks.type(REACTIVE + filter).advise(named("filter").and(takesArguments(2)), ADVICE);
    }
  }
}
