package dev.weft.instrumentation.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** What a request brought goes out with the requests that WebFlux sends because of it. */
@Timeout(30)
class ContextTest {

  private static final CallContext TRACE = CallContext.of(List.of("traceparent", "00-1-2-01"));

  private final BlockingQueue<CallContext> seen = new LinkedBlockingQueue<>();
  private final WebClient client = WebClient.create();

  @BeforeAll
  static void install() {
    InstalledAdapter.installFound();
  }

  @AfterEach
  void leavesNothingOnThisThread() {
    assertThat(CallContext.current()).isSameAs(CallContext.NONE);
  }

  @Test
  void travelsAcrossSchedulersToEveryCall() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start("a");
        FakeEngine engine = FakeEngine.install()) {
      FakeEngine.Step step =
          request -> {
            seen.add(CallContext.current());
            return FakeEngine.send(upstream.endpoint()).decide(request);
          };
      engine.call(step).call(step);
      assertThat(serve(this::twoCalls)).isEqualTo("aa");
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo(TRACE);
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo(TRACE);
    }
  }

  @Test
  void isCurrentWhereAResponseIsHandledAndWhereThatHandsWorkOver() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start("a");
        FakeEngine engine = FakeEngine.install()) {
      engine.call(FakeEngine.send(upstream.endpoint()));
      String answer =
          serve(
              exchange ->
                  Mono.delay(Duration.ofMillis(5))
                      .flatMap(
                          tick ->
                              client
                                  .get()
                                  .uri("http://orders.invalid/")
                                  .exchangeToMono(
                                      response -> {
                                        seen.add(CallContext.current());
                                        return response.bodyToMono(String.class);
                                      }))
                      .flatMap(text -> write(exchange, text)));
      assertThat(answer).isEqualTo("a");
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo(TRACE);
    }
  }

  private Mono<Void> twoCalls(ServerWebExchange exchange) {
    return Mono.delay(Duration.ofMillis(5))
        .publishOn(Schedulers.single())
        .flatMap(tick -> call())
        .publishOn(Schedulers.parallel())
        .flatMap(first -> call().subscribeOn(Schedulers.boundedElastic()).map(first::concat))
        .flatMap(both -> write(exchange, both));
  }

  private Mono<String> call() {
    return client.get().uri("http://orders.invalid/").retrieve().bodyToMono(String.class);
  }

  private static Mono<Void> write(ServerWebExchange exchange, String text) {
    return exchange
        .getResponse()
        .writeWith(Mono.just(exchange.getResponse().bufferFactory().wrap(text.getBytes(UTF_8))));
  }

  /** Serves one request whose context is current where the server hands it to WebFlux. */
  private static String serve(org.springframework.web.server.WebHandler handler) throws Exception {
    HttpHandler http = WebHttpHandlerBuilder.webHandler(handler).build();
    ReactorHttpHandlerAdapter adapter = new ReactorHttpHandlerAdapter(http);
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  CallContext before = TRACE.attach();
                  try {
                    return adapter.apply(request, response);
                  } finally {
                    CallContext.restore(before);
                  }
                })
            .bindNow(Duration.ofSeconds(10));
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
      return java.net.http.HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
          .body();
    } finally {
      server.disposeNow();
    }
  }
}
