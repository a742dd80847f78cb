package dev.weft.instrumentation.javahttpclient;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where the client takes a request, and where it asks where that request goes. */
public final class JavaHttpClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.javahttpclient.";
  private static final String CLIENT = "jdk.internal.net.http.";

  @Override
  public String name() {
    return "java-http-client";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type(CLIENT + "HttpClientImpl")
        .advise(named("sendAsync").and(takesArguments(4)), HERE + "SendAdvice");
    hooks
        .type(CLIENT + "HttpRequestImpl")
        .advise(
            isConstructor()
                .and(takesArguments(2))
                .and(takesArgument(0, named("java.net.http.HttpRequest"))),
            HERE + "BindAdvice")
        .advise(named("newInstanceForAuthentication"), HERE + "RebindAdvice")
        .advise(named("newInstanceForRedirection"), HERE + "NextHopAdvice")
        .advise(named("isWebSocket").and(takesArguments(1)), HERE + "WebSocketAdvice")
        .advise(named("getAddress").and(takesArguments(0)), HERE + "AddressAdvice")
        .advise(named("proxy").and(takesArguments(0)), HERE + "ProxyAdvice")
        .advise(named("secure").and(takesArguments(0)), HERE + "SecureAdvice");
    hooks
        .type(CLIENT + "RedirectFilter")
        .advise(named("response").and(takesArguments(1)), HERE + "RedirectAdvice");
    hooks
        .type(CLIENT + "AbstractAsyncSSLConnection")
        .advise(named("createEngine").and(takesArguments(4)), HERE + "TlsEngineAdvice");
    hooks
        .type(CLIENT + "common.SSLFlowDelegate")
        .advise(named("setALPN").and(takesArguments(0)), HERE + "HandshakeAdvice");
  }
}
