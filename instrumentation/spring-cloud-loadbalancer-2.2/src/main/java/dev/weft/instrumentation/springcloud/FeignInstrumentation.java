package dev.weft.instrumentation.springcloud;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the load-balanced clients of Spring Cloud OpenFeign. */
public final class FeignInstrumentation implements Adapter {

  private static final String OPENFEIGN = "org.springframework.cloud.openfeign.";
  private static final String ADVICE = "dev.weft.instrumentation.springcloud.FeignAdvice";

  @Override
  public String name() {
    return "spring-cloud-loadbalancer-2.2 for Feign";
  }

  @Override
  public void install(Hooks hooks) {
    for (String client :
        new String[] {
          "ribbon.LoadBalancerFeignClient",
          "loadbalancer.FeignBlockingLoadBalancerClient",
          "loadbalancer.RetryableFeignBlockingLoadBalancerClient"
        }) {
      hooks.type(OPENFEIGN + client).advise(named("execute").and(takesArguments(2)), ADVICE);
    }
  }
}
