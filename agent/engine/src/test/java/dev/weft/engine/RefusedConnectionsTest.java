package dev.weft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that were refused, told. */
@Timeout(20)
class RefusedConnectionsTest {

  private final AtomicLong now = new AtomicLong();
  private final List<String> log = new ArrayList<>();
  private final RefusedConnections refused = new RefusedConnections(now::get, log::add);

  @Test
  void tellsWhomTheyWereForAndWhy() {
    refused.expect("plaintext");
    refused.add("handshake", "reviews:80", "it speaks no TLS");
    refused.add("handshake", "reviews:80", "it is somebody else");
    refused.add("handshake", "ratings:80", "it speaks no TLS");
    assertThat(refused.lines())
        .containsExactly(
            "refused 2 connections to reviews:80 (handshake): it is somebody else",
            "refused 1 connection to ratings:80 (handshake): it speaks no TLS");
    assertThat(refused.counts()).containsEntry("handshake", 3L).containsEntry("plaintext", 0L);
    assertThat(log)
        .containsExactly(
            "refused the first connection of its kind to reviews:80 (handshake): it speaks no TLS");
  }

  @Test
  void roundsWhatIsToldToAServer() {
    for (int i = 0; i < 13; i++) {
      refused.add("handshake", "reviews:80", "no TLS");
    }
    refused.add("handshake", "ratings:80", "no TLS");
    assertThat(refused.roughLines())
        .containsExactly(
            "refused at least 8 connections to reviews:80 (handshake): no TLS",
            "refused 1 connection to ratings:80 (handshake): no TLS");
  }

  @Test
  void forgetsWhomNobodyCalledForAnHourButNotHowMany() {
    refused.add("handshake", "reviews:80", "no TLS");
    now.addAndGet(TimeUnit.MINUTES.toNanos(59));
    refused.add("handshake", "ratings:80", "no TLS");
    assertThat(refused.lines()).hasSize(2);
    now.addAndGet(TimeUnit.MINUTES.toNanos(2));
    assertThat(refused.lines()).hasSize(1).first().asString().contains("ratings:80");
    assertThat(refused.counts()).containsEntry("handshake", 2L);
  }

  @Test
  void isBoundedWhateverAnApplicationTries() {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      name.append('x');
      refused.add(i % 2 == 0 ? "handshake" : "plaintext", name + ":80", "no TLS");
    }
    assertThat(refused.lines())
        .hasSize(34)
        .allMatch(line -> line.length() < 350)
        .anyMatch(line -> line.startsWith("refused 2484 connections to others (handshake)"));
  }
}
