package dev.weft.instrumentation.springcloud;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the interceptors of load-balanced RestTemplates and RestClients. */
public final class SpringCloudInstrumentation implements Adapter {

  private static final String CLIENT = "org.springframework.cloud.client.loadbalancer.";
  private static final String ADVICE = "dev.weft.instrumentation.springcloud.InterceptAdvice";

  @Override
  public String name() {
    return "spring-cloud-loadbalancer-2.2";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("org.springframework.http.client.ClientHttpRequestInterceptor");
    for (String interceptor :
        new String[] {"LoadBalancerInterceptor", "RetryLoadBalancerInterceptor"}) {
      hooks.type(CLIENT + interceptor).advise(named("intercept").and(takesArguments(3)), ADVICE);
    }
  }
}
