package dev.weft.instrumentation.nettyhttp;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameMatches;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.util.HashMap;
import java.util.Map;

/**
 * Hooks Netty where a client connects, where its codec is put in, where a name is resolved, and
 * where a request is made; and clients that make Netty's request late where they know who calls.
 */
public final class NettyHttpClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.nettyhttp.";

  @Override
  public String name() {
    return "netty-http-client-4.1";
  }

  @Override
  public Map<String, String> copies() {
    Map<String, String> copies = new HashMap<>();
    copies.put("play.shaded.ahc.io.netty.", "io.netty.");
    copies.put("shaded_package.io.netty.", "io.netty.");
    return copies;
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("io.netty.handler.codec.http.HttpClientCodec");
    hooks
        .type("io.netty.channel.DefaultChannelPipeline$HeadContext")
        .advise(named("connect").and(takesArguments(4)), HERE + "ConnectAdvice");
    hooks
        .type("io.netty.channel.DefaultChannelPipeline")
        .advise(named("callHandlerAdded0").and(takesArguments(1)), HERE + "CodecAddedAdvice");
    hooks
        .type("io.netty.resolver.AbstractAddressResolver")
        .advise(named("resolve").and(takesArguments(1)), HERE + "ResolveAdvice");
    // Some clients resolve before they have a port.
    hooks
        .type("io.netty.resolver.SimpleNameResolver")
        .advise(named("resolveAll").and(takesArguments(1)), HERE + "ResolveAllAdvice");
    hookOrigins(hooks);
  }

  /** Who calls is known where a request is made, which often is another thread. */
  private static void hookOrigins(Hooks hooks) {
    hooks
        .type("io.netty.handler.codec.http.DefaultHttpRequest")
        .advise(isConstructor(), HERE + "RequestMadeAdvice");
    hooks
        .type("io.micronaut.http.client.netty.NettyClientHttpRequest")
        .advise(isConstructor(), HERE + "RequestMadeAdvice")
        .advise(
            nameMatches("to(Full|Stream)?HttpRequest(WithoutBody)?"), HERE + "RequestTurnedAdvice");
    // What is named here is not in Vert.x 4 and Reactor Netty 1.
    hooks
        .type("io.vertx.core.http.impl.HttpClientRequestImpl")
        .advise(isConstructor().and(takesArgument(1, named("boolean"))), HERE + "CallBeganAdvice")
        .advise(named("connected").and(takesArguments(2)), HERE + "VertxConnectedAdvice");
    hooks
        .type("reactor.netty.http.client.HttpClientConnect$HttpClientHandler")
        .advise(
            isConstructor()
                .and(takesArgument(0, named("reactor.netty.http.client.HttpClientConfiguration"))),
            HERE + "CallBeganAdvice")
        .advise(named("requestWithBody").and(takesArguments(1)), HERE + "ReactorConnectedAdvice");
  }
}
