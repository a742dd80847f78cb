package dev.weft.instrumentation.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.testkit.InboundServer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.jspecify.annotations.Nullable;
import sample.pekko.SampleApplication;

/** A server, bound in one of the ways that there are. */
final class EmbeddedPekko implements InboundServer {

  private static final String QUIET =
      "pekko.loglevel = OFF, pekko.stdout-loglevel = OFF, pekko.daemonic = on\n";

  /** How it is bound. */
  interface Binder {
    CompletionStage<ServerBinding> bind(
        ServerBuilder builder, SampleApplication application, Materializer materializer);
  }

  private final ActorSystem system;
  private final Binder binder;
  private @Nullable ServerBinding binding;

  EmbeddedPekko(String settings, Binder binder) {
    Config config = ConfigFactory.parseString(QUIET + settings).withFallback(ConfigFactory.load());
    this.system = ActorSystem.create("sample", config);
    this.binder = binder;
  }

  @Override
  public int start() throws Exception {
    Materializer materializer = SystemMaterializer.get(system).materializer();
    ServerBinding bound =
        binder
            .bind(
                Http.get(system).newServerAt("127.0.0.1", 0),
                new SampleApplication(materializer),
                materializer)
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
