package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.javaagent.bootstrap.AgentClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LoadersTest {

  @Test
  void tellsTheOpenTelemetryAgentsClassesFromTheApplications() {
    assertThat(Loaders.isOfOtherAgent(new AgentClassLoader())).isTrue();
    assertThat(Loaders.isOfOtherAgent(LoadersTest.class.getClassLoader())).isFalse();
    assertThat(Loaders.isOfOtherAgent(null)).isFalse();
  }
}
