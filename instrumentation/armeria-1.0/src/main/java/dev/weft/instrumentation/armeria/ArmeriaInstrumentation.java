package dev.weft.instrumentation.armeria;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the client that all decorators end in, and the context of a request. */
public final class ArmeriaInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.armeria.";
  private static final String ARMERIA = "com.linecorp.armeria.";

  @Override
  public String name() {
    return "armeria-1.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type(ARMERIA + "client.HttpClientDelegate")
        .advise(named("execute").and(takesArguments(2)), HERE + "ExecuteAdvice")
        // Gone before 1.20: there the endpoint alone keys the pool.
        .advise(named("extractHost").and(takesArguments(3)), HERE + "HostAdvice")
        .advise(named("getProxyConfig").and(takesArguments(2)), HERE + "ProxyAdvice")
        // Its successor.
        .advise(named("resolveProxyConfig").and(takesArguments(4)), HERE + "ProxyLaterAdvice");
    hooks
        .type(ARMERIA + "client.HttpClientFactory")
        .advise(named("acquireEventLoop").and(takesArguments(3)), HERE + "LoopAdvice");
    hooks
        .type(ARMERIA + "client.HttpClientPipelineConfigurator")
        .advise(named("connect").and(takesArguments(4)), HERE + "UpgradeAdvice");
    hooks
        .type(ARMERIA + "client.HttpSessionHandler")
        .advise(named("userEventTriggered").and(takesArguments(2)), HERE + "SessionAdvice");
    hooks
        .type(ARMERIA + "client.DefaultClientRequestContext")
        .advise(isConstructor(), HERE + "ContextAdvice");
    // Where it went later.
    hooks
        .type(ARMERIA + "internal.client.DefaultClientRequestContext")
        .advise(isConstructor(), HERE + "ContextAdvice");
  }
}
