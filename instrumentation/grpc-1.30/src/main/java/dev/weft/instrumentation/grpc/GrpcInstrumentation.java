package dev.weft.instrumentation.grpc;

import static net.bytebuddy.matcher.ElementMatchers.declaresField;
import static net.bytebuddy.matcher.ElementMatchers.isBridge;
import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks grpc-java where channels get their interceptors and their balancers. */
public final class GrpcInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.grpc.";
  private static final String INTERNAL = "io.grpc.internal.";
  private static final String BALANCER = INTERNAL + "AutoConfiguredLoadBalancerFactory";

  @Override
  public String name() {
    return "grpc-1.30";
  }

  @Override
  public void install(Hooks hooks) {
    String[] builders = {
      INTERNAL + "AbstractManagedChannelImplBuilder", // up to 1.32
      INTERNAL + "ManagedChannelImplBuilder", // later
    };
    for (String builder : builders) {
      hooks
          .type(builder)
          .advise(named("getEffectiveInterceptors"), HERE + "ChannelInterceptorsAdvice");
    }
    hooks
        .type(BALANCER)
        .advise(
            named("newLoadBalancer").and(takesArguments(1)).and(not(isBridge())),
            HERE + "NewBalancerAdvice");
    hooks
        .type(BALANCER + "$AutoConfiguredLoadBalancer")
        .advise(named("shutdown").and(takesArguments(0)), HERE + "BalancerShutdownAdvice");
    hooks
        .type(INTERNAL + "ManagedChannelImpl$RealChannel")
        // Older versions make a call at once, whatever the name resolver says.
        .advise(
            named("newCall").and(isDeclaredBy(declaresField(named("clientCallImplChannel")))),
            HERE + "DirectCallAdvice");
  }
}
