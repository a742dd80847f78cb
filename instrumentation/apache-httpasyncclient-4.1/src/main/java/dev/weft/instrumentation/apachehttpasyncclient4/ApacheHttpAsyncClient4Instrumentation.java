package dev.weft.instrumentation.apachehttpasyncclient4;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Gives each exchange of a client {@link MeshConnections} in place of the client's own. */
public final class ApacheHttpAsyncClient4Instrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.apachehttpasyncclient4.";
  private static final String IMPL = "org.apache.http.impl.nio.";

  @Override
  public String name() {
    return "apache-httpasyncclient-4.1";
  }

  @Override
  public void install(Hooks hooks) {
    for (String handler :
        new String[] {"DefaultClientExchangeHandlerImpl", "MinimalClientExchangeHandlerImpl"}) {
      hooks
          .type(IMPL + "client." + handler)
          .advise(
              isConstructor()
                  .and(takesArguments(9))
                  .and(
                      takesArgument(
                          5, named("org.apache.http.nio.conn.NHttpClientConnectionManager"))),
              HERE + "HandlerAdvice");
    }
    hooks
        .type(IMPL + "conn.CPool")
        .advise(isConstructor().and(takesArguments(7)), HERE + "PoolAdvice");
  }
}
