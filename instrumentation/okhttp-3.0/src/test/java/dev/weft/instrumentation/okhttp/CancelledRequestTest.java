package dev.weft.instrumentation.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request that the application itself cancels while the upstream is silent. */
@Timeout(20)
final class CancelledRequestTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());

  @Test
  void isNotSentAgainAndNobodyIsBlamed() throws Exception {
    FakeEngine engine = FakeEngine.install();
    try (ScriptedUpstream upstream = ScriptedUpstream.start("silent")) {
      upstream.reply(UpstreamReply.hang());
      engine.call(FakeEngine.send(upstream.endpoint()));
      Call call =
          new OkHttpClient().newCall(new Request.Builder().url("http://orders.invalid/").build());
      CompletableFuture<Void> cancelled =
          CompletableFuture.runAsync(
              () -> {
                try {
                  upstream.takeRequest();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                call.cancel();
              });
      assertThatThrownBy(() -> call.execute()).isInstanceOf(Exception.class);
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
