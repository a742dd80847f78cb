package dev.weft.instrumentation.inlet;

import static net.bytebuddy.matcher.ElementMatchers.hasDescriptor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where the JDK accepts connections, if the user named a port; otherwise nothing. */
public final class InletInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.inlet.";

  @Override
  public String name() {
    return "inlet";
  }

  @Override
  public void install(Hooks hooks) {
    if (Mesh.ports().inletPorts().isEmpty()) {
      return;
    }
    hooks
        .type("java.net.ServerSocket")
        .advise(named("bind").and(takesArguments(2)), HERE + "BindAdvice")
        .advise(
            named("implAccept").and(hasDescriptor("(Ljava/net/Socket;)V")),
            HERE + "SocketAcceptAdvice")
        .advise(named("close").and(takesArguments(0)), HERE + "StopAdvice");
    hooks
        .type("java.net.Socket")
        .advise(named("getInputStream"), HERE + "InputAdvice")
        .advise(named("getOutputStream"), HERE + "OutputAdvice")
        .advise(named("shutdownOutput"), HERE + "ShutdownAdvice")
        .advise(named("close").and(takesArguments(0)), HERE + "SocketCloseAdvice");
    hooks
        .type("sun.nio.ch.ServerSocketChannelImpl")
        .advise(named("bind").and(takesArguments(2)), HERE + "BindAdvice")
        .advise(named("accept").and(takesArguments(0)), HERE + "ChannelAcceptAdvice")
        .advise(named("blockingAccept"), HERE + "ChannelAcceptAdvice")
        .advise(named("implCloseSelectableChannel"), HERE + "StopAdvice");
    hooks
        .type("sun.nio.ch.SocketChannelImpl")
        .advise(named("getRemoteAddress").or(named("remoteAddress")), HERE + "RemoteAddressAdvice")
        .advise(named("getLocalAddress").or(named("localAddress")), HERE + "LocalAddressAdvice")
        .advise(named("implCloseSelectableChannel"), HERE + "ChannelCloseAdvice");
  }
}
