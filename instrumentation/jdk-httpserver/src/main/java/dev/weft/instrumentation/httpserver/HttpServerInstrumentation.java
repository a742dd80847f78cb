package dev.weft.instrumentation.httpserver;

import static net.bytebuddy.matcher.ElementMatchers.hasDescriptor;
import static net.bytebuddy.matcher.ElementMatchers.isBridge;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the JDK's server where contexts are made, where it starts and stops, and its streams. */
public final class HttpServerInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.httpserver.";

  @Override
  public String name() {
    return "jdk-httpserver";
  }

  @Override
  public void install(Hooks hooks) {
    for (String kind : new String[] {"Http", "Https"}) {
      hooks
          .type("sun.net.httpserver." + kind + "ServerImpl")
          .advise(named("createContext").and(not(isBridge())), HERE + "ContextAdvice")
          .advise(named("start").and(takesArguments(0)), HERE + "StartAdvice")
          .advise(named("stop").and(hasDescriptor("(I)V")), HERE + "StopAdvice");
      hooks
          .type("sun.net.httpserver." + kind + "ExchangeImpl")
          .advise(
              named("sendResponseHeaders").and(hasDescriptor("(IJ)V")), HERE + "HeadersSentAdvice")
          .advise(named("getRequestHeaders").and(takesArguments(0)), HERE + "RequestHeadersAdvice")
          .advise(named("close").and(takesArguments(0)), HERE + "ExchangeCloseAdvice");
    }
    hooks
        .type("sun.net.httpserver.Request$ReadStream")
        .advise(named("read").and(hasDescriptor("([BII)I")), HERE + "ReadAdvice")
        .advise(named("available").and(takesArguments(0)), HERE + "AvailableAdvice");
    hooks
        .type("sun.net.httpserver.Request$WriteStream")
        .advise(named("write").and(hasDescriptor("([BII)V")), HERE + "WriteAdvice");
    hooks
        .type("sun.net.httpserver.HttpConnection")
        .advise(named("close").and(takesArguments(0)), HERE + "ConnectionCloseAdvice");
  }
}
