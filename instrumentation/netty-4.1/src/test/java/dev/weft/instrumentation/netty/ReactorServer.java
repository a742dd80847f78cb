package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerSignals;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The contract's sample application on Reactor Netty. */
final class ReactorServer implements InboundServer {

  private final HttpServer server;
  private @Nullable DisposableServer bound;

  ReactorServer(HttpProtocol... protocols) {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .protocol(protocols)
            // Or the connections would outlive the server.
            .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
            .handle(ReactorServer::handle);
  }

  @Override
  public int start() {
    DisposableServer running = server.bindNow();
    bound = running;
    return running.port();
  }

  @Override
  public void stop() {
    if (bound != null) {
      bound.disposeNow(Duration.ofSeconds(5));
    }
  }

  private static Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    ServerSignals.give("called");
    URI uri = URI.create(request.uri());
    String query = uri.getQuery();
    return switch (uri.getPath()) {
      case "/status", "/error" -> response.status(Integer.parseInt(query)).send();
      case "/throw" -> Mono.error(new IllegalStateException("the application's own"));
      case "/late" ->
          Mono.fromCallable(() -> ServerSignals.await("go-" + query))
              .subscribeOn(Schedulers.boundedElastic())
              .then(Mono.defer(() -> late(response)));
      case "/headers" -> {
        List<String> all = request.requestHeaders().getAll(query);
        yield response.sendString(Mono.just(all.isEmpty() ? "none" : String.join(",", all)));
      }
      case "/stream" ->
          response
              .sse()
              .sendString(
                  Flux.<String>create(sink -> lines(sink, query))
                      .subscribeOn(Schedulers.boundedElastic(), false));
      default ->
          request
              .receive()
              .aggregate()
              .asString()
              .defaultIfEmpty("")
              .flatMap(
                  body ->
                      response
                          .header("X-Sample", "echo")
                          .sendString(Mono.just("echo:" + body))
                          .then());
    };
  }

  private static Mono<Void> late(HttpServerResponse response) {
    return response.status(202).sendString(Mono.just("late")).then();
  }

  private static void lines(FluxSink<String> sink, String name) {
    while (!ServerSignals.poll("end-" + name)) {
      if (sink.isCancelled()) {
        ServerSignals.give("broke-" + name);
        return;
      }
      if (sink.requestedFromDownstream() > 0 && ServerSignals.poll("line-" + name)) {
        sink.next("line\n");
      }
      Thread.onSpinWait();
    }
    sink.complete();
  }
}
