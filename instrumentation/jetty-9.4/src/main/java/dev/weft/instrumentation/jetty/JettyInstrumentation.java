package dev.weft.instrumentation.jetty;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the connectors that listen on a network port, and the connections that they accept. */
public final class JettyInstrumentation implements Adapter {

  @Override
  public String name() {
    return "jetty-9.4";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("org.eclipse.jetty.server.AbstractNetworkConnector")
        .advise(
            named("doStart").and(takesArguments(0)), "dev.weft.instrumentation.jetty.StartAdvice");
    hooks
        .type("org.eclipse.jetty.server.ServerConnector")
        .advise(
            named("close").and(takesArguments(0)), "dev.weft.instrumentation.jetty.CloseAdvice");
    hooks
        .type("org.eclipse.jetty.server.ServerConnector$ServerConnectorManager")
        .advise(
            named("newConnection").and(takesArguments(3)),
            "dev.weft.instrumentation.jetty.AcceptAdvice");
    // Until 9.4, and since 10.
    for (String endPoint : new String[] {"ChannelEndPoint", "SocketChannelEndPoint"}) {
      hooks
          .type("org.eclipse.jetty.io." + endPoint)
          .advise(
              named("fill").and(takesArguments(1)), "dev.weft.instrumentation.jetty.FillAdvice");
    }
  }
}
