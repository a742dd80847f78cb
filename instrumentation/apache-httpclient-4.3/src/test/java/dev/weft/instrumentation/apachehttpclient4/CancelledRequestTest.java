package dev.weft.instrumentation.apachehttpclient4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.util.concurrent.CompletableFuture;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request that the application itself cancels while the upstream is silent. */
@Timeout(20)
final class CancelledRequestTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient4Instrumentation());

  @Test
  void isNotSentAgainAndNobodyIsBlamed() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("silent")) {
      upstream.reply(UpstreamReply.hang());
      engine.call(FakeEngine.send(upstream.endpoint()));
      HttpGet request = new HttpGet("http://orders.invalid/");
      CompletableFuture<Void> cancelled =
          CompletableFuture.runAsync(
              () -> {
                try {
                  upstream.takeRequest();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                request.abort();
              });
      assertThatThrownBy(() -> HttpClients.createDefault().execute(request))
          .isInstanceOf(Exception.class);
      cancelled.join();
      engine.takeOpened();
      assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.CANCELLED);
      upstream.awaitOpenConnections(0);
    } finally {
      engine.close();
    }
    engine.assertNothingLeft();
  }
}
