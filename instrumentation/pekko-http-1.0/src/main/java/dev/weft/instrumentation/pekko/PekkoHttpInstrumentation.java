package dev.weft.instrumentation.pekko;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.util.Collections;
import java.util.Map;

/** Hooks where the layers of a server are put together, which every way to start one does. */
public final class PekkoHttpInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.pekko.";
  private static final String ROOT = "org.apache.pekko.";

  @Override
  public String name() {
    return "pekko-http-1.0";
  }

  @Override
  public Map<String, String> copies() {
    // The other way around, but all the same: two names for one library.
    return Collections.singletonMap("akka.", ROOT);
  }

  @Override
  public void install(Hooks hooks) {
    hooks.onlyWith(ROOT + "http.impl.engine.server.HttpServerBluePrint$");
    hooks
        .type(ROOT + "http.impl.engine.server.HttpServerBluePrint$")
        .advise(named("parsing").and(takesArguments(3)), HERE + "ParsingAdvice")
        .advise(named("requestPreparation").and(takesArguments(1)), HERE + "PreparationAdvice");
    hooks
        .type(ROOT + "http.impl.engine.http2.Http2Blueprint$")
        .advise(named("serverStack"), HERE + "Http2StackAdvice");
    hooks
        .type(ROOT + "http.scaladsl.Http$")
        .advise(named("prepareAttributes").and(takesArguments(2)), HERE + "AttributesAdvice");
    hooks
        .type(ROOT + "http.scaladsl.HttpExt")
        .advise(named("bindAndHandleAsync").and(takesArguments(8)), HERE + "HandlerAdvice")
        .advise(
            named("bindAndHandle").and(takesArguments(7)).or(named("bind").and(takesArguments(5))),
            HERE + "BindAdvice");
    hooks
        .type(ROOT + "http.impl.engine.http2.Http2Ext")
        .advise(named("bindAndHandleAsync").and(takesArguments(7)), HERE + "BindAdvice");
    hooks
        .type(ROOT + "http.scaladsl.Http$ServerBinding")
        .advise(named("unbind").or(named("terminate")), HERE + "UnbindAdvice");
    hooks
        .type(ROOT + "http.scaladsl.server.Route$")
        .advise(named("createAsyncHandler"), HERE + "RouteAdvice");
  }
}
