package dev.weft.instrumentation.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.HeaderMutations;
import dev.weft.transport.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The caller and the event loop are two threads: a response may be over before it is asked for. */
@Timeout(30)
class SendingTest {

  private final Vertx vertx = Vertx.vertx();
  private final List<Object> onContext = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** A context that keeps what it shall run. */
  private Context keeping() {
    Context context = vertx.getOrCreateContext();
    return (Context)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Members.contextType()},
            (proxy, method, arguments) -> {
              if (method.getName().equals("runOnContext")) {
                onContext.add(arguments[0]);
                return null;
              }
              return method.invoke(context, arguments);
            });
  }

  @Test
  @SuppressWarnings("NullAway") // Nothing is sent, so that there need be no client.
  void beginsWhenSomebodyWaitsForItsHead() {
    RequestOptions options =
        new RequestOptions().setMethod(HttpMethod.GET).setHost("orders").setURI("/");
    HttpClientOptions settings = new HttpClientOptions();
    MeshRequest request =
        new MeshRequest(null, settings, keeping(), new Head(settings, options, "orders", 80));
    Endpoint endpoint = new Endpoint("a.weft", new byte[] {127, 0, 0, 1}, 80, false);

    CompletableFuture<?> head =
        new VertxExchange(request)
            .send(new Attempt(endpoint, 1, 0, 0, HeaderMutations.NONE, null, null))
            .toCompletableFuture();
    assertThat(onContext).isEmpty();
    head.whenComplete((response, failure) -> {});
    assertThat(onContext).hasSize(1);
  }
}
