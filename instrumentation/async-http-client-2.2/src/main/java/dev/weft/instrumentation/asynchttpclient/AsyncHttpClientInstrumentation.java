package dev.weft.instrumentation.asynchttpclient;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where the client sends a request, where it asks for addresses, and where it retries. */
public final class AsyncHttpClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.asynchttpclient.";

  @Override
  public String name() {
    return "async-http-client-2.2";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("org.asynchttpclient.netty.request.NettyRequestSender")
        .advise(named("sendRequest").and(takesArguments(3)), HERE + "SendAdvice")
        .advise(named("resolveAddresses").and(takesArguments(4)), HERE + "AddressAdvice");
    hooks
        .type("org.asynchttpclient.netty.NettyResponseFuture")
        .advise(named("incrementRetryAndCheck").and(takesArguments(0)), HERE + "RetryAdvice");
  }
}
