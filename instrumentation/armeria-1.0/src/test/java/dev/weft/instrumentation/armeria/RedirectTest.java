package dev.weft.instrumentation.armeria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(20)
class RedirectTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new ArmeriaInstrumentation());

  @Test
  void decidesEveryHopOfARedirectOnce() throws Exception {
    assumeTrue(ArmeriaClient.canRedirect(), "this version follows no redirects");
    try (FakeEngine engine = FakeEngine.install();
        ScriptedUpstream a = ScriptedUpstream.start("a");
        ScriptedUpstream b = ScriptedUpstream.start("b");
        ArmeriaClient client = new ArmeriaClient(true)) {
      a.reply(UpstreamReply.of(302, "elsewhere").header("Location", "http://payments.invalid/pay"));
      engine.call(FakeEngine.send(a.endpoint())).call(FakeEngine.send(b.endpoint()));
      assertThat(client.send(ClientRequest.get("http://orders.invalid/")).text()).isEqualTo("b");
      ReceivedRequest received = b.takeRequest();
      while (received.method().equals("OPTIONS")) {
        // By the scheme "http" the client tries HTTP/2 before.
        received = b.takeRequest();
      }
      assertThat(received.header("host")).isEqualTo("payments.invalid");
      assertThat(engine.takeOpened().authority()).isEqualTo("orders.invalid");
      assertThat(engine.takeResponse().status()).isEqualTo(302);
      engine.takeClosed();
      FakeEngine.Opened second = engine.takeOpened();
      assertThat(second.authority()).isEqualTo("payments.invalid");
      assertThat(second.path()).isEqualTo("/pay");
      engine.takeResponse();
      engine.takeClosed();
      engine.assertNothingLeft();
    }
  }
}
