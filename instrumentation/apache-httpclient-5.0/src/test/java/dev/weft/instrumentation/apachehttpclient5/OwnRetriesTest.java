package dev.weft.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the retries that the library makes by itself, one by default. */
@Timeout(20)
final class OwnRetriesTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream upstream = ScriptedUpstream.start("upstream");
  private final CloseableHttpClient client = HttpClients.createDefault();

  OwnRetriesTest() throws IOException {}

  @AfterEach
  void nothingIsLeft() throws IOException {
    client.close();
    upstream.close();
    engine.close();
    engine.assertNothingLeft();
  }

  @Test
  void attemptsOfTheMeshAreNotMultiplied() throws Exception {
    upstream.reply(UpstreamReply.closeBeforeHead(), UpstreamReply.closeBeforeHead());
    engine.call(
        FakeEngine.send(upstream.endpoint()),
        FakeEngine.send(upstream.endpoint()),
        FakeEngine.deliver());
    assertThatThrownBy(() -> client.execute(new HttpGet("http://orders.invalid/")))
        .isInstanceOf(NoHttpResponseException.class);
    engine.takeOpened();
    engine.takeFailure();
    engine.takeFailure();
    engine.takeClosed();
    assertThat(upstream.connections()).isEqualTo(2);
  }

  @Test
  void theLibraryGoesOnWhereTheMeshSentOnce() throws Exception {
    upstream.reply(UpstreamReply.closeBeforeHead());
    engine
        .call(FakeEngine.send(upstream.endpoint()), FakeEngine.deliver())
        .call(FakeEngine.send(upstream.endpoint()));
    try (ClassicHttpResponse response = client.execute(new HttpGet("http://orders.invalid/"))) {
      assertThat(EntityUtils.toString(response.getEntity())).isEqualTo("upstream");
    }
    engine.takeOpened();
    engine.takeFailure();
    engine.takeClosed();
    engine.takeOpened();
    engine.takeResponse();
    engine.takeClosed();
  }
}
