package dev.weft.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Spring 6's RestClient is governed through the client that it sends with. */
@Timeout(20)
final class RestClientTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Test
  void aRequestIsDecidedOnce() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("order")) {
      engine.call(FakeEngine.send(upstream.endpoint()));
      RestClient client =
          RestClient.builder()
              .requestFactory(
                  new HttpComponentsClientHttpRequestFactory(HttpClients.createDefault()))
              .build();
      String answer =
          client
              .post()
              .uri("http://orders.invalid/orders")
              .body("one please")
              .retrieve()
              .body(String.class);
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
