package dev.weft.instrumentation.helidon;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerSignals;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The contract's sample application on Helidon SE. */
final class HelidonServer implements InboundServer {

  private final WebServer server;

  private HelidonServer(WebServerConfig.Builder builder) {
    server =
        builder
            .address(InetAddress.getLoopbackAddress())
            .port(0)
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(1))
            .routing(routing -> routing.any(HelidonServer::serve))
            .build();
  }

  /** Of every protocol that is on the class path. */
  static HelidonServer ofAll() {
    return new HelidonServer(WebServer.builder());
  }

  static HelidonServer ofHttp1() {
    return new HelidonServer(
        WebServer.builder()
            .protocolsDiscoverServices(false)
            .addProtocol(Http1Config.builder().build()));
  }

  @Override
  public int start() {
    return server.start().port();
  }

  @Override
  public void stop() {
    server.stop();
  }

  private static void serve(ServerRequest request, ServerResponse response) {
    ServerSignals.give("called");
    String query = request.query().rawValue();
    String path = request.path().path();
    switch (path) {
      case "/status":
      case "/error":
        response.status(Status.create(Integer.parseInt(query))).send();
        return;
      case "/throw":
        throw new IllegalStateException("thrown by the application");
      case "/late":
        late(response, query);
        return;
      case "/headers":
        response.send(header(request, query));
        return;
      case "/stream":
        stream(response, query);
        return;
      default:
        String body = request.content().hasEntity() ? request.content().as(String.class) : "";
        response.header("X-Sample", "echo");
        response.send("echo:" + body);
    }
  }

  /** Helidon answers on the request's own thread; what is answered comes from another. */
  private static void late(ServerResponse response, String name) {
    CompletableFuture<String> late = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              ServerSignals.await("go-" + name);
              late.complete("late");
            });
    thread.setDaemon(true);
    thread.start();
    String body = late.join();
    response.status(Status.create(202)).send(body);
  }

  private static String header(ServerRequest request, String name) {
    HeaderName known = HeaderNames.create(name);
    List<String> listed = null;
    for (Header header : request.headers()) {
      listed = header.headerName().equals(known) ? header.allValues() : listed;
    }
    if (!request.headers().contains(known)) {
      return listed == null ? "none" : "differs";
    }
    List<String> asked = request.headers().get(known).allValues();
    return asked.equals(listed) ? String.join(",", asked) : "differs";
  }

  private static void stream(ServerResponse response, String name) {
    try (OutputStream out = response.outputStream()) {
      while (!ServerSignals.poll("end-" + name)) {
        if (ServerSignals.poll("line-" + name)) {
          out.write("line\n".getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      ServerSignals.give("broke-" + name);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
