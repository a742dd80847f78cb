package dev.weft.instrumentation.servlet;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Hooks every filter and every servlet, because nothing else is common to all containers: which of
 * them is the outermost for a request is found out at run time.
 */
public final class ServletInstrumentation implements Adapter {

  private static final String TASK = "java.lang.Runnable";

  /**
   * Each with {@code start(Runnable)}, which hands a task to a pool of the container's own kind.
   */
  private static final String[] ASYNC_CONTEXTS = {
    "org.apache.catalina.core.AsyncContextImpl",
    "org.eclipse.jetty.server.AsyncContextState",
    "org.eclipse.jetty.ee8.nested.AsyncContextState",
    "org.eclipse.jetty.ee9.nested.AsyncContextState",
    "org.eclipse.jetty.ee10.servlet.AsyncContextState",
    "org.eclipse.jetty.ee11.servlet.AsyncContextState",
    "io.undertow.servlet.spec.AsyncContextImpl"
  };

  @Override
  public String name() {
    return "servlet-3.0";
  }

  @Override
  public void install(Hooks hooks) {
    for (String api : new String[] {"javax", "jakarta"}) {
      String advice = "dev.weft.instrumentation.servlet." + api + ".ServeAdvice";
      String request = api + ".servlet.ServletRequest";
      hooks
          .subtypesOf(api + ".servlet.Filter", request)
          .advise(
              named("doFilter").and(takesArguments(3)).and(takesArgument(0, named(request))),
              advice);
      hooks
          .subtypesOf(api + ".servlet.Servlet", request)
          .advise(
              named("service").and(takesArguments(2)).and(takesArgument(0, named(request))),
              advice);
    }
    for (String asyncContext : ASYNC_CONTEXTS) {
      hooks
          .type(asyncContext)
          .advise(
              named("start").and(takesArguments(1)).and(takesArgument(0, named(TASK))),
              "dev.weft.instrumentation.servlet.StartAdvice");
    }
  }
}
