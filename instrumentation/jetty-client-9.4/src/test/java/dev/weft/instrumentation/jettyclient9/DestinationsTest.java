package dev.weft.instrumentation.jettyclient9;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(20)
final class DestinationsTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JettyClientInstrumentation());

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

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
  void forgetsThoseThatRestedAndKeepsTheOthers() throws Exception {
    try (ScriptedUpstream gone = ScriptedUpstream.start("gone");
        ScriptedUpstream used = ScriptedUpstream.start("used")) {
      gone.reply(UpstreamReply.ok("bye").header("Connection", "close").thenClose());
      engine
          .call(FakeEngine.send(gone.endpoint()))
          .call(FakeEngine.send(used.endpoint()))
          .call(FakeEngine.send(gone.endpoint()));
      assertThat(get()).isEqualTo("bye");
      assertThat(get()).isEqualTo("used");
      awaitOneWithoutConnection();
      long now = System.nanoTime();
      sweep(now);
      sweep(now + MINUTE / 2);
      assertThat(client.getDestinations()).hasSize(2);
      sweep(now + 3 * MINUTE);
      assertThat(client.getDestinations()).hasSize(1);
      assertThat(get()).as("made again").isEqualTo("gone");
      assertThat(client.getDestinations()).hasSize(2);
    }
  }

  private void awaitOneWithoutConnection() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (client.getDestinations().stream()
        .noneMatch(one -> ((HttpDestination) one).getConnectionPool().isEmpty())) {
      assertThat(System.nanoTime()).as("a connection still open").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private String get() throws Exception {
    return client.newRequest("http://orders.invalid/").send().getContentAsString();
  }

  /** By reflection: the adapter has its classes once more, in a class loader of its own. */
  private void sweep(long now) throws ReflectiveOperationException {
    Object tag = ((HttpDestination) client.getDestinations().get(0)).getOrigin().getTag();
    Field field = tag.getClass().getDeclaredField("destinations");
    field.setAccessible(true);
    Object destinations = field.get(tag);
    Method sweep = destinations.getClass().getDeclaredMethod("sweep", long.class);
    sweep.setAccessible(true);
    sweep.invoke(destinations, now);
  }
}
