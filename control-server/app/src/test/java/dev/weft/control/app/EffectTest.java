package dev.weft.control.app;

import static dev.weft.control.app.RunningServer.YAML;
import static dev.weft.control.app.RunningServer.destinationRule;
import static dev.weft.control.app.RunningServer.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stored policy does, as the server explains it. */
@Timeout(120)
final class EffectTest {

  @TempDir private Path data;
  private RunningServer server;

  @BeforeEach
  void start() {
    server = new RunningServer(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRouteIsInForceAtOnce() throws Exception {
    apply(destinationRule("reviews", "v1") + "---\n" + virtualService("reviews", "v1"));
    assertThat(decision()).contains("outbound|80|v1|reviews.default.svc.cluster.local takes 100 %");
    assertThat(server.get("/v1/status/vs/default/reviews").json().at("/summary").asText())
        .isEqualTo("no agent has asked for it yet");
  }

  @Test
  void theLastGoodVersionStaysWhenTheNextNamesAMissingSubset() throws Exception {
    apply(destinationRule("reviews", "v1") + "---\n" + virtualService("reviews", "v1"));
    JsonNode applied = apply(virtualService("reviews", "v3"));
    assertThat(applied.at("/results/0/result").asText()).isEqualTo("configured");
    assertThat(applied.at("/results/0/warnings").toString()).contains("v3").contains("held back");

    assertThat(decision()).contains("|v1|").doesNotContain("|v3|");
    JsonNode status = server.get("/v1/status/vs/default/reviews").json();
    assertThat(status.at("/summary").asText())
        .startsWith("held back: generation 1 stays in force")
        .contains("v3");
    assertThat(status.at("/inForce").asText()).isNotEqualTo(status.at("/resourceVersion").asText());

    server.close();
    server = new RunningServer(data);
    assertThat(decision()).as("after a restart").contains("|v1|").doesNotContain("|v3|");

    apply(destinationRule("reviews", "v1", "v3"));
    assertThat(decision()).as("once the subset exists").contains("|v3|").doesNotContain("|v1|");
    assertThat(server.get("/v1/status/vs/default/reviews").json().at("/held")).isEmpty();
  }

  @Test
  void explainsWhatIsUnknown() throws Exception {
    assertThat(decision()).contains("passes through");
    assertThat(server.get("/v1/explain?url=").status()).isEqualTo(400);
    assertThat(server.get("/v1/explain?url=http://a/&header=x").status()).isEqualTo(400);
  }

  private JsonNode apply(String yaml) throws Exception {
    RunningServer.Answer answer = server.send("POST", "/apply", YAML, yaml);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private String decision() throws Exception {
    return server
        .get("/v1/explain?service=shop&url=http://reviews/")
        .json()
        .at("/decision")
        .toString();
  }
}
