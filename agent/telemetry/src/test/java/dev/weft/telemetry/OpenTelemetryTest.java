package dev.weft.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With an agent: OpenTelemetrySmokeTest, since its API is found on the boot path only. */
@Timeout(20)
class OpenTelemetryTest {

  @Test
  void thereIsNoSpanWithoutAnAgent() {
    OpenTelemetry spans = new OpenTelemetry();

    assertThat(spans.currentSpan()).isNull();
    assertThat(spans.currentSpan()).isNull();
  }
}
