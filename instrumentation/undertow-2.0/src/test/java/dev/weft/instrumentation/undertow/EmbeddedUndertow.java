package dev.weft.instrumentation.undertow;

import dev.weft.testkit.InboundServer;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ListenerInfo;
import java.net.InetSocketAddress;
import java.util.EventListener;
import java.util.function.Consumer;

/** Uses only what all versions of Undertow have under one signature. */
final class EmbeddedUndertow implements InboundServer {

  private final Undertow server;

  EmbeddedUndertow() throws Exception {
    this(builder -> {});
  }

  EmbeddedUndertow(Consumer<Undertow.Builder> options) throws Exception {
    this(servlets(), options);
  }

  EmbeddedUndertow(HttpHandler handler, Consumer<Undertow.Builder> options) {
    Undertow.Builder builder =
        Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(handler);
    options.accept(builder);
    server = builder.build();
  }

  private static HttpHandler servlets() throws Exception {
    Class<? extends EventListener> application =
        Class.forName(
                "sample.servlet." + System.getProperty("weft.test.servlet") + ".SampleApplication")
            .asSubclass(EventListener.class);
    DeploymentInfo deployment =
        new DeploymentInfo()
            .setClassLoader(EmbeddedUndertow.class.getClassLoader())
            .setDeploymentName("sample")
            .setContextPath("/")
            .addListener(new ListenerInfo(application))
            .addErrorPage(Servlets.errorPage("/error-page", 404));
    DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
    manager.deploy();
    return (HttpHandler) DeploymentManager.class.getMethod("start").invoke(manager);
  }

  @Override
  public int start() {
    server.start();
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void stop() {
    server.stop();
  }
}
