package dev.weft.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The blocking facade of an asynchronous client, which 5.5 brought. */
@org.junit.jupiter.api.Timeout(20)
final class ClassicFacadeTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Test
  void aRequestIsDecidedOnce() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("order");
        CloseableHttpAsyncClient client = AsyncClients.http11()) {
      engine.call(FakeEngine.send(upstream.endpoint()));
      client.start();
      CloseableHttpClient facade =
          (CloseableHttpClient)
              HttpAsyncClients.class
                  .getMethod("classic", CloseableHttpAsyncClient.class, Timeout.class)
                  .invoke(null, client, Timeout.of(10, TimeUnit.SECONDS));
      String answer =
          facade.execute(
              new HttpGet("http://orders.invalid/orders"),
              response -> EntityUtils.toString(response.getEntity()));
      assertThat(answer).isEqualTo("order");
      assertThat(engine.takeOpened().path()).isEqualTo("/orders");
      engine.takeResponse();
      assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
    } finally {
      engine.close();
    }
    engine.assertNothingLeft();
  }
}
