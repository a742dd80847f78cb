package dev.weft.instrumentation.apachehttpasyncclient4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Directive;
import dev.weft.outbound.HeaderMutations;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ReceivedRequest;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import dev.weft.transport.TransportSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.entity.ContentType;
import org.apache.http.impl.nio.client.CloseableHttpAsyncClient;
import org.apache.http.impl.nio.client.CloseableHttpPipeliningClient;
import org.apache.http.impl.nio.client.HttpAsyncClients;
import org.apache.http.nio.client.methods.HttpAsyncMethods;
import org.apache.http.nio.client.methods.ZeroCopyPut;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ways to send that the contract does not take. */
@Timeout(20)
final class OtherWaysTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpAsyncClient4Instrumentation());

  private FakeEngine engine;
  private ScriptedUpstream a;

  @BeforeEach
  void open() throws Exception {
    engine = FakeEngine.install(TransportSecurity.PLAINTEXT);
    a = ScriptedUpstream.start("a");
  }

  @AfterEach
  void close() throws Exception {
    a.close();
    engine.close();
    engine.assertNothingLeft();
  }

  private void assertOneExchange() throws Exception {
    engine.takeOpened();
    engine.takeResponse();
    engine.takeClosed();
  }

  @Test
  void sendsAsTheRestClientOfElasticsearchDoes() throws Exception {
    engine.call(FakeEngine.send(a.endpoint()));
    try (CloseableHttpAsyncClient client = AsyncApacheClient.pooled()) {
      client.start();
      // A host, and a request that has only a path.
      HttpResponse response =
          client
              .execute(
                  HttpAsyncMethods.create(
                      new HttpHost("orders.invalid", 9200, "http"), new HttpGet("/_search?q=1")),
                  HttpAsyncMethods.createConsumer(),
                  null)
              .get(10, TimeUnit.SECONDS);
      assertThat(EntityUtils.toString(response.getEntity())).isEqualTo("a");
    }
    ReceivedRequest received = a.takeRequest();
    assertThat(received.target()).isEqualTo("/_search?q=1");
    assertThat(received.header("host")).isEqualTo("orders.invalid:9200");
    assertOneExchange();
  }

  @Test
  void sendsAFileOnceOnly(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("body"), "all of it");
    List<Boolean> answers = new ArrayList<>();
    engine.call(
        FakeEngine.send(a.endpoint()),
        request -> {
          answers.add(request.isReplayable());
          return Directive.deliver(HeaderMutations.NONE);
        });
    try (CloseableHttpAsyncClient client = AsyncApacheClient.pooled()) {
      client.start();
      client
          .execute(
              new ZeroCopyPut("http://orders.invalid/", file.toFile(), ContentType.TEXT_PLAIN),
              HttpAsyncMethods.createConsumer(),
              null)
          .get(10, TimeUnit.SECONDS);
    }
    assertThat(a.takeRequest().text()).isEqualTo("all of it");
    assertThat(answers).containsExactly(false);
    assertOneExchange();
  }

  @Test
  void leavesPipelinedRequestsAlone() throws Exception {
    try (CloseableHttpPipeliningClient client = HttpAsyncClients.createPipelining()) {
      client.start();
      HttpHost host = new HttpHost("127.0.0.1", a.port());
      List<HttpResponse> responses =
          client
              .execute(host, List.of(new HttpGet("/1"), new HttpGet("/2")), null)
              .get(10, TimeUnit.SECONDS);
      assertThat(responses).hasSize(2);
    }
  }

  @Test
  void followsARedirectOnOneConnectionOfARequestThatPassesThrough() throws Exception {
    a.reply(UpstreamReply.of(302, "there").header("Location", "/there"), UpstreamReply.ok("a"));
    engine.call(FakeEngine.passThrough()).call(FakeEngine.passThrough());
    try (CloseableHttpAsyncClient client = AsyncApacheClient.pooled()) {
      client.start();
      HttpResponse response =
          client.execute(new HttpGet(a.url("/here")), null).get(10, TimeUnit.SECONDS);
      assertThat(EntityUtils.toString(response.getEntity())).isEqualTo("a");
    }
    assertThat(a.connections()).isEqualTo(1);
    engine.takeOpened();
    engine.takeClosed();
    engine.takeOpened();
    engine.takeClosed();
  }

  @Test
  void replacesAPooledConnectionThatTheServerClosed() throws Exception {
    a.reply(UpstreamReply.ok("first").thenClose(), UpstreamReply.ok("second"));
    engine.call(FakeEngine.send(a.endpoint())).call(FakeEngine.send(a.endpoint()));
    try (CloseableHttpAsyncClient client = AsyncApacheClient.pooled()) {
      client.start();
      for (String expected : new String[] {"first", "second"}) {
        HttpResponse response =
            client.execute(new HttpGet("http://orders.invalid/"), null).get(10, TimeUnit.SECONDS);
        assertThat(EntityUtils.toString(response.getEntity())).isEqualTo(expected);
        a.takeRequest();
        if (expected.equals("first")) {
          a.awaitOpenConnections(0);
        }
      }
    }
    assertOneExchange();
    assertOneExchange();
  }

  @Test
  void sendsManyRequestsAtOnceOverFewConnections() throws Exception {
    int many = 100;
    for (int i = 0; i < many; i++) {
      engine.call(FakeEngine.send(a.endpoint()));
    }
    try (CloseableHttpAsyncClient client = AsyncApacheClient.pooled()) {
      client.start();
      List<Future<HttpResponse>> responses = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        responses.add(client.execute(new HttpGet("http://orders.invalid/" + i), null));
      }
      for (Future<HttpResponse> response : responses) {
        assertThat(EntityUtils.toString(response.get(10, TimeUnit.SECONDS).getEntity()))
            .isEqualTo("a");
      }
    }
    assertThat(a.connections()).isLessThanOrEqualTo(10);
    for (int i = 0; i < 3 * many; i++) {
      // Opened, answered and closed, those of all requests mixed.
      engine.takeAny();
    }
  }
}
