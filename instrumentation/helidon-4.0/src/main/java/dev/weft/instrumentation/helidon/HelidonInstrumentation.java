package dev.weft.instrumentation.helidon;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks Helidon's listeners, the sockets that they accept, and where requests are routed. */
public final class HelidonInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.helidon.";
  private static final String CONTEXT = "io.helidon.webserver.ConnectionContext";

  @Override
  public String name() {
    return "helidon-4.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("io.helidon.webserver.ServerListener")
        .advise(named("start").and(takesArguments(0)), HERE + "StartAdvice")
        .advise(named("stop").and(takesArguments(0)), HERE + "StopAdvice");
    hooks
        .type("io.helidon.common.socket.PlainSocket")
        .advise(
            named("server").and(takesArgument(0, named("java.net.Socket"))), HERE + "SocketAdvice");
    // A class at first, an interface and its implementation since 4.1.
    for (String routing : new String[] {"HttpRouting", "HttpRoutingImpl"}) {
      hooks
          .type("io.helidon.webserver.http." + routing)
          .advise(
              named("route").and(takesArguments(3)).and(takesArgument(0, named(CONTEXT))),
              HERE + "RouteAdvice");
    }
    for (String request : new String[] {"http1.Http1ServerRequest", "http2.Http2ServerRequest"}) {
      hooks
          .type("io.helidon.webserver." + request)
          .advise(named("headers").and(takesArguments(0)), HERE + "HeadersAdvice")
          .advise(named("header").and(takesArguments(1)), HERE + "HeaderAdvice");
    }
    // What leaves HTTP before it is routed.
    hooks
        .subtypesOf("io.helidon.webserver.http1.spi.Http1Upgrader", CONTEXT)
        .advise(named("upgrade").and(takesArguments(3)), HERE + "UpgradeAdvice");
    hooks
        .subtypesOf("io.helidon.webserver.http2.spi.Http2SubProtocolSelector", CONTEXT)
        .advise(
            named("subProtocol").and(takesArgument(0, named(CONTEXT))), HERE + "SubProtocolAdvice");
    hooks
        .subtypesOf("io.helidon.webserver.spi.ServerConnectionSelector", CONTEXT)
        .advise(named("connection").and(takesArguments(1)), HERE + "SelectorAdvice");
  }
}
