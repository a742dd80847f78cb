package dev.weft.instrumentation.nettyhttp;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.util.HashMap;
import java.util.Map;

/** Hooks Netty where a client connects, where its codec is put in, and where a name is resolved. */
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
  }
}
