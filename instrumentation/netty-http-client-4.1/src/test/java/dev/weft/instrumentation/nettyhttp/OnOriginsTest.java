package dev.weft.instrumentation.nettyhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.outbound.Directive;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whoever calls a library has the context of a request; whoever writes what is sent, an event loop,
 * has none, or that of another request whose connection has just become free.
 */
@Timeout(30)
// Handlers before the request is sent are how Vert.x 3 is used.
@SuppressWarnings("deprecation")
class OnOriginsTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new NettyHttpClientInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream upstream = ScriptedUpstream.start("up");
  private final Map<String, CallContext> opened = new ConcurrentHashMap<>();

  OnOriginsTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    upstream.close();
    engine.close();
    engine.assertNothingLeft();
  }

  private static CallContext contextOf(String path) {
    return path.equals("/none") ? CallContext.NONE : CallContext.of(List.of("x-of", path));
  }

  private static <T> T within(CallContext context, Supplier<T> action) {
    CallContext before = context.attach();
    try {
      return action.get();
    } finally {
      CallContext.restore(before);
    }
  }

  /** Three calls at once, the first of which has the connection that the others may wait for. */
  private void check(Function<String, CompletableFuture<String>> client) throws Exception {
    engine.routes("orders.invalid:80");
    CompletableFuture<Object> ready = new CompletableFuture<>();
    engine.call(
        seen(FakeEngine.always(Directive.await(ready, TimeUnit.SECONDS.toNanos(60)))),
        FakeEngine.send(upstream.endpoint()));
    CompletableFuture<String> first = within(contextOf("/first"), () -> client.apply("/first"));
    engine.takeOpened();

    FakeEngine.Step send = FakeEngine.send(upstream.endpoint());
    engine.call(seen(send)).call(seen(send));
    CompletableFuture<String> second = within(contextOf("/second"), () -> client.apply("/second"));
    CompletableFuture<String> none = client.apply("/none");
    within(contextOf("/first"), () -> ready.complete("policy"));
    for (CompletableFuture<String> answer : List.of(first, second, none)) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("200 up");
    }
    for (int closed = 0; closed < 3; ) {
      closed += engine.takeAny() instanceof FakeEngine.Closed ? 1 : 0;
    }
    assertThat(opened).hasSize(3);
    opened.forEach((path, context) -> assertThat(context).as(path).isEqualTo(contextOf(path)));
  }

  private FakeEngine.Step seen(FakeEngine.Step then) {
    return request -> {
      opened.put(request.path(), CallContext.current());
      return then.decide(request);
    };
  }

  private void checkClient(AsyncTestClient client) throws Exception {
    check(
        path ->
            client
                .sendAsync(ClientRequest.put("http://orders.invalid" + path, "payload"))
                .thenApplyAsync(
                    response -> {
                      try {
                        return response.status() + " " + response.text();
                      } catch (IOException e) {
                        return e.toString();
                      }
                    }));
  }

  @Test
  void playWs() throws Exception {
    try (PlayClient client = new PlayClient()) {
      checkClient(client);
    }
  }

  @Test
  void reactorNetty09() throws Exception {
    try (ReactorNetty09Client client = new ReactorNetty09Client()) {
      checkClient(client);
    }
  }

  @Test
  void vertx3() throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpClient client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
    try {
      check(path -> put(client, path));
    } finally {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      vertx.close(done -> closed.complete(null));
      closed.get(10, TimeUnit.SECONDS);
    }
  }

  private static CompletableFuture<String> put(HttpClient client, String path) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    HttpClientRequest request = client.request(HttpMethod.PUT, 80, "orders.invalid", path);
    request.exceptionHandler(answer::completeExceptionally);
    request.handler(
        response ->
            response.bodyHandler(body -> answer.complete(response.statusCode() + " " + body)));
    request.end("payload");
    return answer;
  }
}
