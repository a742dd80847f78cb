package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerSignals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The contract's sample application on Armeria. */
final class ArmeriaServer implements InboundServer {

  private final Server server =
      Server.builder()
          .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .requestTimeoutMillis(0)
          // Connections of the contract stay open longer.
          .idleTimeoutMillis(0)
          .serviceUnder("/", ArmeriaServer::serve)
          .build();

  @Override
  public int start() throws Exception {
    server.start().get(20, TimeUnit.SECONDS);
    return server.activeLocalPort();
  }

  /** Until its ports are closed: the threads that accepted take two seconds more to end. */
  @Override
  public void stop() {
    CompletableFuture<Void> stopped = server.stop();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!server.activePorts().isEmpty() && !stopped.isDone()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("still open: " + server.activePorts());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    ServerSignals.give("called");
    String query = context.query();
    switch (context.path()) {
      case "/status":
      case "/error":
        return HttpResponse.of(HttpStatus.valueOf(Integer.parseInt(query)));
      case "/throw":
        throw new IllegalStateException("thrown by the application");
      case "/late":
        CompletableFuture<HttpResponse> late = new CompletableFuture<>();
        start(
            () -> {
              ServerSignals.await("go-" + query);
              late.complete(
                  HttpResponse.of(HttpStatus.ACCEPTED, MediaType.PLAIN_TEXT_UTF_8, "late"));
            });
        return HttpResponse.from(late);
      case "/headers":
        List<String> all = request.headers().getAll(query);
        return HttpResponse.of(all.isEmpty() ? "none" : String.join(",", all));
      case "/stream":
        return stream(query);
      default:
        return HttpResponse.from(
            request
                .aggregate()
                .thenApply(
                    body ->
                        HttpResponse.of(
                            ResponseHeaders.builder(200).add("X-Sample", "echo").build(),
                            HttpData.ofUtf8("echo:" + body.contentUtf8()))));
    }
  }

  private static HttpResponse stream(String name) {
    HttpResponseWriter response = HttpResponse.streaming();
    if (!response.tryWrite(ResponseHeaders.of(200))) {
      return response;
    }
    start(
        () -> {
          while (!ServerSignals.poll("end-" + name)) {
            // It may be closed between a question and a write: the write tells.
            boolean broke =
                ServerSignals.poll("line-" + name)
                    ? !response.tryWrite(HttpData.ofUtf8("line\n"))
                    : !response.isOpen();
            if (broke) {
              ServerSignals.give("broke-" + name);
              return;
            }
            Thread.onSpinWait();
          }
          response.close();
        });
    return response;
  }

  private static void start(Runnable late) {
    Thread thread = new Thread(late);
    thread.setDaemon(true);
    thread.start();
  }
}
