package dev.weft.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import feign.Feign;
import feign.RequestLine;
import feign.okhttp.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Feign is governed through the client that it sends with. */
@Timeout(20)
final class FeignTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());

  /** What Feign makes a client of. */
  interface Orders {
    @RequestLine("POST /orders")
    String order(String what);
  }

  @Test
  void aRequestIsDecidedOnce() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("order")) {
      engine.call(FakeEngine.send(upstream.endpoint()));
      Orders orders =
          Feign.builder()
              .client(new OkHttpClient(new okhttp3.OkHttpClient()))
              .target(Orders.class, "http://orders.invalid");
      assertThat(orders.order("one please")).isEqualTo("order");
      assertThat(upstream.takeRequest().header("host")).isEqualTo("orders.invalid");
      assertThat(engine.takeOpened().path()).isEqualTo("/orders");
      engine.takeResponse();
      assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
    } finally {
      engine.close();
    }
    engine.assertNothingLeft();
  }
}
