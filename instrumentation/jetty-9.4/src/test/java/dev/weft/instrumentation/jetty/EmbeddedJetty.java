package dev.weft.instrumentation.jetty;

import dev.weft.testkit.InboundServer;
import java.lang.reflect.Method;
import java.util.EventListener;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Jetty;

/**
 * By reflection, because the versions of Jetty share few signatures: handlers were an interface in
 * 9.4, and every later generation of the servlet API has a package of its own.
 */
final class EmbeddedJetty implements InboundServer {

  private final Object server;
  private final Object connector;

  EmbeddedJetty() throws ReflectiveOperationException {
    this(servlets());
  }

  private EmbeddedJetty(Object handler) throws ReflectiveOperationException {
    server = Class.forName("org.eclipse.jetty.server.Server").getConstructor().newInstance();
    connector =
        Class.forName("org.eclipse.jetty.server.ServerConnector")
            .getConstructor(server.getClass())
            .newInstance(server);
    call(connector, "setHost", "127.0.0.1");
    call(server, "addConnector", connector);
    call(server, "setHandler", handler);
  }

  /** With a handler of Jetty's own in place of servlets. */
  static EmbeddedJetty withoutServlets() throws ReflectiveOperationException {
    String generation = Jetty.VERSION.startsWith("12.") ? "sample.jetty12" : "sample.jetty";
    return new EmbeddedJetty(
        Class.forName(generation + ".SampleHandler").getConstructor().newInstance());
  }

  private static Object servlets() throws ReflectiveOperationException {
    Object context = contextHandler().getConstructor().newInstance();
    call(context, "setContextPath", "/");
    call(context, "addEventListener", sampleApplication());
    return context;
  }

  /** Lets it speak HTTP/2 beside HTTP/1.1, in plaintext as far as it knows. */
  EmbeddedJetty withHttp2() throws ReflectiveOperationException {
    Class<?> configuration = Class.forName("org.eclipse.jetty.server.HttpConfiguration");
    Object factory =
        Class.forName("org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory")
            .getConstructor(configuration)
            .newInstance(configuration.getConstructor().newInstance());
    call(connector, "addConnectionFactory", factory);
    return this;
  }

  EmbeddedJetty withIdleTimeout(long millis) throws ReflectiveOperationException {
    connector.getClass().getMethod("setIdleTimeout", long.class).invoke(connector, millis);
    return this;
  }

  @Override
  public int start() throws ReflectiveOperationException {
    call(server, "start");
    Object[] connectors = (Object[]) call(server, "getConnectors");
    return (int) call(connectors[0], "getLocalPort");
  }

  @Override
  public void stop() throws ReflectiveOperationException {
    call(server, "stop");
  }

  private static EventListener sampleApplication() throws ReflectiveOperationException {
    return Class.forName(
            "sample.servlet." + System.getProperty("weft.test.servlet") + ".SampleApplication")
        .asSubclass(EventListener.class)
        .getConstructor()
        .newInstance();
  }

  private static Class<?> contextHandler() throws ClassNotFoundException {
    for (String generation : new String[] {"", "ee8.", "ee10."}) {
      try {
        return Class.forName("org.eclipse.jetty." + generation + "servlet.ServletContextHandler");
      } catch (ClassNotFoundException next) {
        // Another generation is on the class path.
      }
    }
    throw new ClassNotFoundException("ServletContextHandler of any Jetty");
  }

  private static Object call(Object target, String name, Object... arguments)
      throws ReflectiveOperationException {
    Method method =
        Stream.of(target.getClass().getMethods())
            .filter(candidate -> candidate.getName().equals(name) && fits(candidate, arguments))
            .findFirst()
            .orElseThrow(() -> new NoSuchMethodException(target.getClass() + "." + name));
    return method.invoke(target, arguments);
  }

  private static boolean fits(Method method, Object[] arguments) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      if (!types[i].isInstance(arguments[i])) {
        return false;
      }
    }
    return true;
  }
}
