package dev.weft.instrumentation.pekko;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpResponse;
import com.typesafe.config.ConfigFactory;
import dev.weft.context.CallContext;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerClient;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerSignals;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The library's other name. */
final class AkkaTest extends ServerFixture {

  private static final class AkkaServer implements InboundServer {
    private final ActorSystem system =
        ActorSystem.create(
            "sample",
            ConfigFactory.parseString(
                    "akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.daemonic = on")
                .withFallback(ConfigFactory.load()));

    private @Nullable ServerBinding binding;

    @Override
    public int start() throws Exception {
      ServerBinding bound =
          Http.get(system)
              .newServerAt("127.0.0.1", 0)
              .bindSync(
                  request -> {
                    ServerSignals.give("called");
                    return HttpResponse.create().withEntity(request.getUri().path());
                  })
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      binding = bound;
      return bound.localAddress().getPort();
    }

    @Override
    public void stop() throws Exception {
      if (binding != null) {
        binding.unbind().toCompletableFuture().get(20, TimeUnit.SECONDS);
      }
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void decidesRequestsOfAkkaToo() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    mesh.carry(arrival -> CallContext.of(List.of("x-of", arrival.path)));
    start(new AkkaServer());
    assertThat(ports.take()).isEqualTo("opened " + port + " http");
    try (ServerClient client = ServerClient.connect(port)) {
      assertThat(client.exchange("GET", "/a/./b").body()).isEqualTo("/a/b");
      Arrival seen = mesh.take();
      assertThat(seen.path).isEqualTo("/a/./b");
      assertThat(seen.peer).isEqualTo(client.localAddress());
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
      assertThat(ServerSignals.contextOfACall())
          .isEqualTo(CallContext.of(List.of("x-of", "/a/./b")));

      assertThat(client.exchange("GET", "/no").body()).isEqualTo("no");
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
      assertThat(ServerSignals.count("called")).isEqualTo(1);
    }
  }
}
