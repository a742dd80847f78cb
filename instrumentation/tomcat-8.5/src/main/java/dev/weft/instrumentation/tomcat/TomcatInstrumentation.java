package dev.weft.instrumentation.tomcat;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the life cycle of protocol handlers, one of which is behind every connector. */
public final class TomcatInstrumentation implements Adapter {

  @Override
  public String name() {
    return "tomcat-8.5";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("org.apache.coyote.AbstractProtocol")
        .advise(
            namedOneOf("start", "resume").and(takesArguments(0)),
            "dev.weft.instrumentation.tomcat.OpenAdvice")
        // A graceful shutdown pauses long before it stops.
        .advise(
            named("pause").or(named("stop")).and(takesArguments(0)),
            "dev.weft.instrumentation.tomcat.CloseAdvice");
  }
}
