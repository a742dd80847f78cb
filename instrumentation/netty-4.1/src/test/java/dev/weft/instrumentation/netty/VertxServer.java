package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerSignals;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The contract's sample application on Vert.x. */
final class VertxServer implements InboundServer {

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final HttpServer server =
      vertx
          .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
          .requestHandler(VertxServer::handle);

  @Override
  public int start() throws Exception {
    server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return server.actualPort();
  }

  @Override
  public void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static void handle(HttpServerRequest request) {
    ServerSignals.give("called");
    HttpServerResponse response = request.response();
    String query = request.query();
    switch (request.path()) {
      case "/status", "/error" -> response.setStatusCode(Integer.parseInt(query)).end();
      // What a router makes of an exception.
      case "/throw" -> response.setStatusCode(500).end();
      case "/late" ->
          start(
              () -> {
                ServerSignals.await("go-" + query);
                response.setStatusCode(202).end("late");
              });
      case "/headers" -> {
        List<String> all = request.headers().getAll(query);
        response.end(all.isEmpty() ? "none" : String.join(",", all));
      }
      case "/stream" -> stream(response, query);
      default ->
          request.bodyHandler(
              body -> response.putHeader("X-Sample", "echo").end("echo:" + body.toString()));
    }
  }

  private static void stream(HttpServerResponse response, String name) {
    AtomicBoolean gone = new AtomicBoolean();
    response.closeHandler(closed -> gone.set(true));
    response.exceptionHandler(broken -> gone.set(true));
    response.setChunked(true);
    start(
        () -> {
          while (!ServerSignals.poll("end-" + name)) {
            if (gone.get()) {
              ServerSignals.give("broke-" + name);
              return;
            }
            if (ServerSignals.poll("line-" + name)) {
              response.write("line\n");
            }
            Thread.onSpinWait();
          }
          response.end();
        });
  }

  private static void start(Runnable late) {
    Thread thread = new Thread(late);
    thread.setDaemon(true);
    thread.start();
  }
}
