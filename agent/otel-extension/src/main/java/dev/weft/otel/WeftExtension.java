package dev.weft.otel;

import dev.weft.bootstrap.WeftAgent;
import io.opentelemetry.javaagent.bootstrap.InstrumentationHolder;
import io.opentelemetry.javaagent.extension.ignore.IgnoredTypesBuilder;
import io.opentelemetry.javaagent.extension.ignore.IgnoredTypesConfigurer;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.io.File;

/**
 * Found by the OpenTelemetry agent, which calls it once, before it hooks anything: lets it leave
 * our classes alone, and starts our agent with the instrumentation that it was given by the JVM.
 */
public final class WeftExtension implements IgnoredTypesConfigurer {

  private static final String OURS = "dev.weft.";

  /** Called by versions from 3.0 on. */
  @Override
  public void configure(IgnoredTypesBuilder builder) {
    start(builder, OwnJar.settings());
  }

  /** Called by all versions before; does not call the other. */
  @Override
  @SuppressWarnings("deprecation") // It is the only one of 1.33, and 2.x calls it.
  public void configure(IgnoredTypesBuilder builder, ConfigProperties config) {
    String extensions = config.getString(OwnJar.SETTING);
    start(builder, extensions == null ? OwnJar.settings() : extensions);
  }

  private static void start(IgnoredTypesBuilder builder, String extensions) {
    try {
      builder.ignoreClass(OURS).ignoreClassLoader(OURS);
      File jar = OwnJar.find(extensions);
      if (jar == null) {
        complain(
            OwnJar.SETTING + ": '" + extensions + "' (expected: names weft-otel-extension.jar)");
        return;
      }
      WeftAgent.launch(null, InstrumentationHolder.getInstrumentation(), jar);
    } catch (Throwable t) {
      // The OpenTelemetry agent would not start with a failing extension.
      complain(t.toString());
    }
  }

  private static void complain(String problem) {
    System.err.println(
        "[weft] the agent could not start, the application runs without it: " + problem);
  }
}
