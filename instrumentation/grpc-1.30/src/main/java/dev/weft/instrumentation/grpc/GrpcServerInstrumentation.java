package dev.weft.instrumentation.grpc;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks grpc-java's server on OkHttp where it accepts, connects and is called. */
public final class GrpcServerInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.grpc.";

  @Override
  public String name() {
    return "grpc-1.30 server";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith("io.grpc.okhttp.OkHttpServerBuilder");
    hooks
        .type("io.grpc.okhttp.OkHttpServer")
        .advise(named("acceptConnections").and(takesArguments(0)), HERE + "AcceptLoopAdvice");
    hooks
        .type("io.grpc.okhttp.OkHttpServerTransport")
        .advise(isConstructor().and(takesArguments(2)), HERE + "ServerTransportAdvice");
    hooks
        .type("io.grpc.internal.ServerImpl$ServerTransportListenerImpl")
        .advise(named("streamCreated").and(takesArguments(3)), HERE + "StreamCreatedAdvice");
  }
}
