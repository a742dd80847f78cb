package dev.weft.instrumentation.apachehttpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.MinimalHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A minimal client stays one: nothing is offered, kept or followed that the application did not.
 */
@Timeout(30)
final class MinimalClientTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Test
  void sendsNoMoreThanItDid() throws Exception {
    try (FakeEngine engine = FakeEngine.install();
        ScriptedUpstream upstream = ScriptedUpstream.start("up");
        MinimalHttpClient client = HttpClients.createMinimal()) {
      for (int status : List.of(302, 401)) {
        upstream.reply(
            UpstreamReply.of(status, "kept")
                .header("Location", "/elsewhere")
                .header("WWW-Authenticate", "Basic realm=x")
                .header("Set-Cookie", "name=value"));
        engine.call(FakeEngine.send(upstream.endpoint()));
        try (ClassicHttpResponse response =
            client.execute(
                new HttpHost("orders.invalid"), new HttpGet("/"), HttpClientContext.create())) {
          assertThat(response.getCode()).isEqualTo(status);
          EntityUtils.consume(response.getEntity());
        }
        ReceivedRequest request = upstream.takeRequest();
        assertThat(request.header("host")).isEqualTo("orders.invalid");
        assertThat(request.header("connection")).isEqualTo("keep-alive");
        for (String name : List.of("upgrade", "cookie", "accept-encoding", "authorization")) {
          assertThat(request.header(name)).as(name).isNull();
        }
        engine.takeOpened();
        engine.takeResponse();
        engine.takeClosed();
      }
      assertThat(upstream.connections()).isEqualTo(1);
      engine.assertNothingLeft();
    }
  }
}
