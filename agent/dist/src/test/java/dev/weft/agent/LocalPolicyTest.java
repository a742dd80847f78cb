package dev.weft.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.model.Update;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LocalPolicyTest {

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: reviews}
      spec:
        hosts: [reviews.shop]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: STATIC
        endpoints: [{address: 127.0.0.1, ports: {http: %d}}]
      """;

  private static final String DENY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-admin}
      spec:
        action: DENY
        rules: [{to: [{operation: {%s}}]}]
      """;

  private final List<Update> updates = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private @TempDir Path directory;
  private File file;
  private LocalPolicy policy;

  @BeforeEach
  void make() {
    file = directory.resolve("policy.yaml").toFile();
    policy =
        new LocalPolicy(
            file,
            Registration.builder().service("me").namespace("default").build(),
            update -> {
              updates.add(update);
              return Collections.emptyList();
            },
            lines::add);
  }

  private void write(String text) throws Exception {
    Files.writeString(file.toPath(), text);
    policy.refresh();
  }

  private String lastEndpoints() {
    return updates.get(updates.size() - 1).endpoints().toString();
  }

  @Test
  void resolvesAHostWhenItIsFirstAskedFor() throws Exception {
    write(ENTRY.formatted(9001));
    assertThat(policy.request("reviews.shop:80")).isNull();
    assertThat(lastEndpoints()).contains("9001");
    int before = updates.size();
    policy.request("reviews.shop:80");
    assertThat(updates).hasSize(before);
    assertThat(lines).isEmpty();
  }

  @Test
  void whoAsksBeforeTheFileWasReadWaitsForIt() throws Exception {
    CompletionStage<?> ready = requireNonNull(policy.request("reviews.shop:80"));
    assertThat(ready.toCompletableFuture()).isNotDone();
    write(ENTRY.formatted(9001));
    assertThat(ready.toCompletableFuture()).isDone();
    assertThat(lastEndpoints()).contains("9001");
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    write(ENTRY.formatted(9001));
    policy.request("reviews.shop:80");
    write(ENTRY.formatted(12345));
    assertThat(lastEndpoints()).contains("12345");
    int before = updates.size();
    policy.refresh();
    assertThat(updates).hasSize(before);
  }

  @Test
  void aWrongDocumentKeepsItsLastGoodVersionAndSaysWhy() throws Exception {
    write(ENTRY.formatted(9001));
    policy.request("reviews.shop:80");
    write(ENTRY.formatted(9002).replace("STATIC", "SOMEHOW"));
    assertThat(lastEndpoints()).contains("9001");
    assertThat(lines).anyMatch(line -> line.contains("SOMEHOW") && line.contains("resolution"));
  }

  @Test
  void halfADocumentKeepsWhatWasThere() throws Exception {
    write(ENTRY.formatted(9001));
    policy.request("reviews.shop:80");
    write("apiVersion: [networking");
    assertThat(lastEndpoints()).contains("9001");
    assertThat(lines).isNotEmpty();
  }

  @Test
  void aMissingFileIsOneLineAndLetsRequestsGo() {
    CompletionStage<?> ready = requireNonNull(policy.request("reviews.shop:80"));
    policy.refresh();
    policy.refresh();
    assertThat(lines).singleElement().asString().contains("no such file");
    assertThat(ready.toCompletableFuture()).isDone();
  }

  @Test
  void saysWhatRequestsMayDoThatArrive() throws Exception {
    write(DENY.formatted("paths: [\"/admin*\"]"));
    assertThat(lastInbound().authorizationPolicies())
        .singleElement()
        .matches(policy -> policy.action() == AuthorizationPolicy.Action.DENY)
        .matches(policy -> policy.rules().get(0).to().get(0).paths().equals(List.of("/admin*")));
    write(ENTRY.formatted(9001));
    assertThat(lastInbound().authorizationPolicies()).isEmpty();
  }

  @Test
  void deniesWhatASecurityPolicySelectsThatWasNeverGood() throws Exception {
    write(DENY.formatted("pathz: [\"/admin*\"]"));
    assertThat(lines).anyMatch(line -> line.contains("pathz"));
    assertThat(lastInbound().authorizationPolicies())
        .as("an invalid DENY denies all that it selects")
        .singleElement()
        .matches(
            policy ->
                policy.action() == AuthorizationPolicy.Action.DENY || policy.rules().isEmpty());
  }

  @Test
  void keepsTheLastGoodVersionOfASecurityPolicy() throws Exception {
    write(DENY.formatted("paths: [\"/admin*\"]"));
    InboundPolicy good = lastInbound();
    write(DENY.formatted("paths: [\"/admin*/{*}\"]"));
    assertThat(lastInbound()).isEqualTo(good);
  }

  private InboundPolicy lastInbound() {
    return requireNonNull(updates.get(updates.size() - 1).inboundPolicy());
  }
}
