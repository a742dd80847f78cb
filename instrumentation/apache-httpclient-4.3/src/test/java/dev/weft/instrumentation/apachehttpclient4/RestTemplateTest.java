package dev.weft.instrumentation.apachehttpclient4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import org.apache.http.impl.client.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/** Spring 5's RestTemplate is governed through the client that it sends with. */
@Timeout(20)
final class RestTemplateTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient4Instrumentation());

  @Test
  void aRequestIsDecidedOnce() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("order")) {
      engine.call(FakeEngine.send(upstream.endpoint()));
      RestTemplate template =
          new RestTemplate(new HttpComponentsClientHttpRequestFactory(HttpClients.createDefault()));
      String answer =
          template.postForObject("http://orders.invalid/orders", "one please", String.class);
      assertThat(answer).isEqualTo("order");
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
