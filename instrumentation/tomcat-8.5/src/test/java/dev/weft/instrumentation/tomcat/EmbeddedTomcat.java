package dev.weft.instrumentation.tomcat;

import dev.weft.testkit.InboundServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.IntrospectionUtils;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** Uses only what all versions of Tomcat have under one signature. */
final class EmbeddedTomcat implements InboundServer {

  static final String NIO = "org.apache.coyote.http11.Http11NioProtocol";
  static final String NIO2 = "org.apache.coyote.http11.Http11Nio2Protocol";

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector;

  /**
   * @param protocol class name of the protocol handler
   */
  EmbeddedTomcat(String protocol) throws IOException {
    Path base = Files.createTempDirectory(Path.of("target"), "tomcat");
    tomcat.setBaseDir(base.toString());
    connector = new Connector(protocol);
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.getService().addConnector(connector);
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toAbsolutePath().toString());
    context.addApplicationListener(
        "sample.servlet." + System.getProperty("weft.test.servlet") + ".SampleApplication");
    ErrorPage page = new ErrorPage();
    page.setErrorCode(404);
    page.setLocation("/error-page");
    context.addErrorPage(page);
  }

  /** With HTTP/2 beside HTTP/1.1, as it is set up without TLS. */
  EmbeddedTomcat withHttp2() {
    Http2Protocol http2 = new Http2Protocol();
    // Middle versions take the JDK's client, which sends large bodies in small frames, for an
    // attack.
    IntrospectionUtils.setProperty(http2, "overheadDataThreshold", "0");
    IntrospectionUtils.setProperty(http2, "overheadWindowUpdateThreshold", "0");
    connector.addUpgradeProtocol(http2);
    return this;
  }

  /** Before every servlet and every context. */
  EmbeddedTomcat withValve(Valve valve) {
    tomcat.getHost().getPipeline().addValve(valve);
    return this;
  }

  /** Waits a second for what a client says. */
  EmbeddedTomcat impatient() {
    connector.setProperty("connectionTimeout", "1000");
    return this;
  }

  /** The first release knows HTTP/2 by ALPN of its own TLS only, or by an upgrade. */
  static boolean takesHttp2Preface() {
    return !ServerInfo.getServerNumber().startsWith("8.5.0.");
  }

  @Override
  public int start() throws LifecycleException {
    tomcat.start();
    return connector.getLocalPort();
  }

  @Override
  public void stop() throws LifecycleException {
    if (tomcat.getServer().getState() != LifecycleState.DESTROYED) {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
