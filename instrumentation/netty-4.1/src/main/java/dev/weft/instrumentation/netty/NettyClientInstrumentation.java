package dev.weft.instrumentation.netty;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.util.HashMap;
import java.util.Map;

/** Hooks Netty where a pipeline hands a connect to its transport, and where it loses a handler. */
public final class NettyClientInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.netty.";

  @Override
  public String name() {
    return "netty-4.1 client";
  }

  /** The relay of HTTP ({@code netty-http-client-4.1}) hooks the same connect. */
  @Override
  public boolean isFloor() {
    return true;
  }

  @Override
  public Map<String, String> copies() {
    Map<String, String> copies = new HashMap<>();
    copies.put("io.grpc.netty.shaded.io.netty.", "io.netty.");
    // Play WS, and MockServer's jar without dependencies.
    copies.put("play.shaded.ahc.io.netty.", "io.netty.");
    copies.put("shaded_package.io.netty.", "io.netty.");
    return copies;
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("io.netty.handler.ssl.SslHandler");
    hooks
        .type("io.netty.channel.DefaultChannelPipeline$HeadContext")
        .advise(named("connect").and(takesArguments(4)), HERE + "ConnectAdvice");
    hooks
        .type("io.netty.channel.DefaultChannelPipeline")
        .advise(
            named("remove")
                .and(takesArguments(1))
                .and(takesArgument(0, named("io.netty.channel.ChannelHandler"))),
            HERE + "RemoveAdvice");
  }
}
