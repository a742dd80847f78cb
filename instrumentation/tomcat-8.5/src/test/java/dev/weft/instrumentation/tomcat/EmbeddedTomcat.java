package dev.weft.instrumentation.tomcat;

import dev.weft.testkit.InboundServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** Uses only what all versions of Tomcat have under one signature. */
final class EmbeddedTomcat implements InboundServer {

  private final Tomcat tomcat = new Tomcat();

  EmbeddedTomcat() throws IOException {
    Path base = Files.createTempDirectory(Path.of("target"), "tomcat");
    tomcat.setBaseDir(base.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", base.toAbsolutePath().toString());
    context.addApplicationListener(
        "sample.servlet." + System.getProperty("weft.test.servlet") + ".SampleApplication");
    ErrorPage page = new ErrorPage();
    page.setErrorCode(404);
    page.setLocation("/error-page");
    context.addErrorPage(page);
  }

  @Override
  public int start() throws LifecycleException {
    tomcat.start();
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public void stop() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
