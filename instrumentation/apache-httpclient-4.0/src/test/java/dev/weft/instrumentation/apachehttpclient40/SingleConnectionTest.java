package dev.weft.instrumentation.apachehttpclient40;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.outbound.FailureKind;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import dev.weft.transport.TransportSecurity;
import org.apache.http.impl.client.DefaultHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client as {@code new DefaultHttpClient()} makes it: one connection, three retries. */
@Timeout(20)
final class SingleConnectionTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient40Instrumentation());

  @Test
  void sendsAgainElsewhereWithItsOnlyConnection() throws Exception {
    try (FakeEngine engine = FakeEngine.install(TransportSecurity.PLAINTEXT);
        ScriptedUpstream a = ScriptedUpstream.start("a");
        ScriptedUpstream b = ScriptedUpstream.start("b")) {
      OldApacheClient client = new OldApacheClient(new DefaultHttpClient());
      a.reply(UpstreamReply.of(503, "not now"));
      engine.call(FakeEngine.send(a.endpoint()), FakeEngine.send(b.endpoint()));
      assertThat(client.send(ClientRequest.get("http://orders.invalid/")).text()).isEqualTo("b");
      engine.takeOpened();
      engine.takeResponse();
      engine.takeResponse();
      engine.takeClosed();
      client.close();
      engine.assertNothingLeft();
    }
  }

  @Test
  void addsNoRetriesToThoseOfTheMesh() throws Exception {
    try (FakeEngine engine = FakeEngine.install(TransportSecurity.PLAINTEXT);
        ScriptedUpstream a = ScriptedUpstream.start("a")) {
      OldApacheClient client = new OldApacheClient(new DefaultHttpClient());
      a.reply(UpstreamReply.closeBeforeHead(), UpstreamReply.closeBeforeHead());
      engine.call(
          FakeEngine.send(a.endpoint()), FakeEngine.send(a.endpoint()), FakeEngine.deliver());
      assertThatThrownBy(() -> client.send(ClientRequest.get("http://orders.invalid/")))
          .isInstanceOf(Exception.class);
      engine.takeOpened();
      assertThat(engine.takeFailure().kind()).isEqualTo(FailureKind.RESET);
      assertThat(engine.takeFailure().kind()).isEqualTo(FailureKind.RESET);
      engine.takeClosed();
      client.close();
      engine.assertNothingLeft();
    }
  }
}
