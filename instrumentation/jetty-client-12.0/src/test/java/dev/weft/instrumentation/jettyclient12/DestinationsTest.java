package dev.weft.instrumentation.jettyclient12;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(20)
final class DestinationsTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JettyClientInstrumentation());

  private final HttpClient client = new HttpClient();
  private final FakeEngine engine = FakeEngine.install();

  @BeforeEach
  void start() throws Exception {
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    client.stop();
    engine.close();
  }

  @Test
  void forgetsThoseThatRestedWhenThereIsANewOne() throws Exception {
    try (ScriptedUpstream gone = ScriptedUpstream.start("gone");
        ScriptedUpstream used = ScriptedUpstream.start("used");
        ScriptedUpstream fresh = ScriptedUpstream.start("fresh")) {
      gone.reply(UpstreamReply.ok("bye").header("Connection", "close").thenClose());
      engine
          .call(FakeEngine.send(gone.endpoint()))
          .call(FakeEngine.send(used.endpoint()))
          .call(FakeEngine.send(fresh.endpoint()))
          .call(FakeEngine.send(gone.endpoint()));
      assertThat(get()).isEqualTo("bye");
      assertThat(get()).isEqualTo("used");
      await("one without connection", this::isOneEmpty);
      assertThat(ports()).containsExactlyInAnyOrder(gone.port(), used.port());
      restSince(System.nanoTime() - TimeUnit.MINUTES.toNanos(3));
      assertThat(get()).isEqualTo("fresh");
      await("one less", () -> ports().size() == 2);
      assertThat(ports()).containsExactlyInAnyOrder(used.port(), fresh.port());
      assertThat(get()).as("made again").isEqualTo("gone");
    }
  }

  private boolean isOneEmpty() {
    return client.getDestinations().stream()
        .anyMatch(one -> ((HttpDestination) one).getConnectionPool().isEmpty());
  }

  private List<Integer> ports() {
    return client.getDestinations().stream()
        .map(one -> one.getOrigin().getAddress().getPort())
        .toList();
  }

  private static void await(String what, BooleanSupplier there) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!there.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not there: %s", what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private String get() throws Exception {
    return client.newRequest("http://orders.invalid/").send().getContentAsString();
  }

  /** By reflection: the adapter has its classes once more, in a class loader of its own. */
  private void restSince(long nanos) throws Exception {
    // After what the timer's one thread still has to do.
    Mesh.timer().submit(() -> {}).get(10, TimeUnit.SECONDS);
    for (Destination destination : client.getDestinations()) {
      Object tag = destination.getOrigin().getTag();
      Field since = tag.getClass().getDeclaredField("restsSince");
      since.setAccessible(true);
      since.setLong(tag, nanos);
    }
  }
}
