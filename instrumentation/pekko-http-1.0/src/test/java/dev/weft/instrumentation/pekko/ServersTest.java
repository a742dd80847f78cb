package dev.weft.instrumentation.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerClient;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerSignals;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;

/** What is not in the contract: other ways to bind a server, and its settings. */
final class ServersTest extends ServerFixture {

  private void assertDecides() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    assertThat(ports.take()).isEqualTo("opened " + port + " http");
    try (ServerClient client = ServerClient.connect(port)) {
      for (String path : List.of("/echo", "/no", "/echo")) {
        int status = client.exchange("GET", path).status();
        assertThat(status).isEqualTo(path.equals("/no") ? 403 : 200);
        Arrival seen = mesh.take();
        assertThat(seen.peer).isEqualTo(client.localAddress());
        assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, status));
      }
    }
  }

  @Test
  void decidesRequestsOfAFlow() throws Exception {
    start(
        new EmbeddedPekko(
            "",
            (builder, application, materializer) ->
                builder.bindFlow(
                    Flow.of(HttpRequest.class).map(request -> HttpResponse.create()))));
    assertDecides();
  }

  @Test
  void decidesRequestsOfAConnectionSource() throws Exception {
    Function<HttpRequest, HttpResponse> ok = request -> HttpResponse.create();
    start(
        new EmbeddedPekko(
            "",
            (builder, application, materializer) ->
                builder
                    .connectionSource()
                    .to(
                        Sink.foreach(
                            connection -> connection.handleWithSyncHandler(ok, materializer)))
                    .run(materializer)));
    assertDecides();
  }

  @Test
  void givesRoutesTheirContextHoweverTheyAreBound() throws Exception {
    mesh.carry(arrival -> CallContext.of(List.of("x-of", arrival.path)));
    Route route =
        Directives.extractRequest(
            request -> {
              ServerSignals.give("called");
              return Directives.complete(HttpResponse.create());
            });
    for (boolean flow : new boolean[] {true, false}) {
      EmbeddedPekko server =
          new EmbeddedPekko(
              "",
              (builder, application, materializer) ->
                  flow
                      ? builder.bindFlow(route.flow(materializer.system(), materializer))
                      : builder.bind(route));
      int bound = server.start();
      try (ServerClient client = ServerClient.connect(bound)) {
        assertThat(client.exchange("GET", "/route").status()).isEqualTo(200);
        mesh.take().end();
        assertThat(ServerSignals.contextOfACall())
            .isEqualTo(CallContext.of(List.of("x-of", "/route")));
      } finally {
        server.stop();
      }
    }
  }

  @Test
  void decidesAHeadThatTheApplicationSeesAsAGet() throws Exception {
    start(
        new EmbeddedPekko(
            "pekko.http.server.transparent-head-requests = on,"
                + " pekko.http.server.raw-request-uri-header = on",
            (builder, application, materializer) ->
                builder.bindSync(
                    request ->
                        HttpResponse.create()
                            .withEntity(
                                request.method().value()
                                    + request.getHeader("raw-request-uri").get().value()))));
    try (ServerClient client = ServerClient.connect(port)) {
      assertThat(client.exchange("HEAD", "/a").headers()).containsEntry("content-length", "5");
      Arrival seen = mesh.take();
      assertThat(seen.method).isEqualTo("HEAD");
      seen.end();
      assertThat(client.exchange("GET", "/a/../b").body()).isEqualTo("GET/a/../b");
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
  }

  @Test
  void answersInTheOrderOfTheRequests() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    start(
        new EmbeddedPekko(
            "pekko.http.server.pipelining-limit = 8",
            (builder, application, materializer) -> builder.bind(application)));
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/late?p", "");
      client.send("GET", "/no", "");
      client.send("GET", "/status?418", "");
      client.send("GET", "/no", "");
      Arrival late = mesh.take();
      Arrival refused = mesh.take();
      Arrival teapot = mesh.take();
      Arrival again = mesh.take();
      assertThat(late.isOpen()).isTrue();
      ServerSignals.give("go-p");
      for (int expected : new int[] {202, 403, 418, 403}) {
        assertThat(client.read("GET").status()).isEqualTo(expected);
      }
      assertThat(late.end()).isEqualTo(new End(Outcome.COMPLETED, 202));
      assertThat(refused.end()).isEqualTo(new End(Outcome.COMPLETED, 403));
      assertThat(teapot.end()).isEqualTo(new End(Outcome.COMPLETED, 418));
      assertThat(again.end()).isEqualTo(new End(Outcome.COMPLETED, 403));
    }
  }

  @Test
  void declinesTheUpgradeToHttp2() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    start(
        new EmbeddedPekko(
            "pekko.http.server.preview.enable-http2 = on, pekko.http.server.enable-http2 = on",
            (builder, application, materializer) -> builder.bind(application)));
    try (ServerClient client = ServerClient.connect(port)) {
      for (String path : List.of("/echo", "/no")) {
        int status =
            client
                .exchange(
                    "GET",
                    path,
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
                    "Connection: Upgrade, HTTP2-Settings")
                .status();
        assertThat(status).isEqualTo(path.equals("/no") ? 403 : 200);
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, status));
      }
    }
  }
}
