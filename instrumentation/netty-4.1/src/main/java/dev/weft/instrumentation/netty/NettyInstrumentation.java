package dev.weft.instrumentation.netty;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.util.LinkedHashMap;
import java.util.Map;

/** Hooks Netty where pipelines are made and filled, and where HTTP/2 frames pass. */
public final class NettyInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.netty.";

  @Override
  public String name() {
    return "netty-4.1";
  }

  @Override
  public Map<String, String> copies() {
    Map<String, String> copies = new LinkedHashMap<>();
    copies.put("io.grpc.netty.shaded.io.netty.", "io.netty.");
    // MockServer's jar with everything inside.
    copies.put("shaded_package.io.netty.", "io.netty.");
    return copies;
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("io.netty.handler.codec.http.HttpServerCodec");
    hooks.onlyWith("io.netty.handler.ssl.SslHandler");
    hooks
        .type("io.netty.channel.DefaultChannelPipeline")
        // The only place before the application's initializer, for every acceptor and transport.
        .advise(isConstructor(), HERE + "PipelineAdvice")
        .advise(named("callHandlerAdded0").and(takesArguments(1)), HERE + "HandlerAddedAdvice");
    hooks
        .type("io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder")
        .advise(named("frameListener").and(takesArguments(1)), HERE + "FrameListenerAdvice");
    hooks
        .type("io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder")
        .advise(named("writeHeaders"), HERE + "ResponseHeadersAdvice")
        .advise(named("writeData"), HERE + "ResponseDataAdvice");
  }
}
