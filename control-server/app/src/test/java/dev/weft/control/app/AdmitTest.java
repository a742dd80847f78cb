package dev.weft.control.app;

import static dev.weft.control.app.RunningServer.JSON;
import static dev.weft.control.app.RunningServer.VS;
import static dev.weft.control.app.RunningServer.YAML;
import static dev.weft.control.app.RunningServer.destinationRule;
import static dev.weft.control.app.RunningServer.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.control.app.RunningServer.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the REST takes and what it refuses. */
@Timeout(120)
final class AdmitTest {

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
  void takesYamlAndGivesItBackWhole() throws Exception {
    Answer created = server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    assertThat(created.status()).as(created.body()).isEqualTo(201);

    JsonNode stored = server.get(VS + "/reviews").json();
    assertThat(stored.at("/spec/http/0/route/0/destination/subset").asText()).isEqualTo("v1");
    assertThat(stored.at("/metadata/uid").asText()).isNotEmpty();
    assertThat(stored.at("/metadata/generation").asInt()).isEqualTo(1);
    assertThat(stored.at("/metadata/resourceVersion").asText()).isEqualTo("1");
    assertThat(stored.at("/metadata/creationTimestamp").asText()).endsWith("Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
  void servesOneResourceInEveryVersion(String version) throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    JsonNode stored = server.get(VS.replace("/v1/", "/" + version + "/") + "/reviews").json();
    assertThat(stored.at("/apiVersion").asText()).isEqualTo("networking.istio.io/" + version);
    assertThat(stored.at("/spec/hosts/0").asText()).isEqualTo("reviews");
  }

  @Test
  void keepsWhatItDoesNotUse() throws Exception {
    String annotated =
        virtualService("reviews", "v1")
            .replace("  name: reviews\n", "  name: reviews\n  annotations: {example.com/a: b}\n");
    server.send("POST", VS, YAML, annotated);
    JsonNode stored = server.get(VS + "/reviews").json();
    assertThat(stored.at("/metadata/annotations/example.com~1a").asText()).isEqualTo("b");
  }

  @Test
  void refusesWithEveryReasonAtOnceAndStoresNothing() throws Exception {
    String wrong =
        virtualService("reviews", "v1")
            .replace("subset:", "subzet:")
            .replace("  - route:", "  - timeout: soon\n    route:");
    Answer refused = server.send("POST", VS, YAML, wrong);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().at("/kind").asText()).isEqualTo("Status");
    assertThat(refused.json().at("/reason").asText()).isEqualTo("Invalid");
    List<String> fields = refused.json().at("/details/causes").findValuesAsText("field");
    assertThat(fields)
        .containsExactlyInAnyOrder(
            "spec.http[0].timeout", "spec.http[0].route[0].destination.subzet");
    assertThat(server.get(VS + "/reviews").status()).isEqualTo(404);
  }

  @Test
  void takesAnUnknownFieldOnlyWhenAskedToAndKeepsIt() throws Exception {
    String odd = virtualService("reviews", "v1").replace("  hosts:", "  extra: 1\n  hosts:");
    assertThat(server.send("POST", VS, YAML, odd).status()).isEqualTo(422);
    assertThat(server.send("POST", VS + "?fieldValidation=Strict", YAML, odd).status())
        .isEqualTo(422);
    Answer taken = server.send("POST", VS + "?fieldValidation=Warn", YAML, odd);
    assertThat(taken.status()).isEqualTo(201);
    assertThat(taken.warnings()).anyMatch(warning -> warning.contains("spec.extra"));
    assertThat(server.get(VS + "/reviews").json().at("/spec/extra").asInt()).isEqualTo(1);
  }

  @Test
  void refusesATooLongBodyBeforeItHasArrived() throws Exception {
    byte[] long10 = new byte[10 << 20];
    java.util.Arrays.fill(long10, (byte) ' ');
    Answer known = server.send("POST", VS, YAML, BodyPublishers.ofByteArray(long10));
    assertThat(known.status()).isEqualTo(413);
    assertThat(known.json().at("/message").asText()).contains("1048576");
    Answer streamed =
        server.send(
            "POST",
            "/apply",
            YAML,
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(long10)));
    assertThat(streamed.status()).isEqualTo(413);
  }

  @Test
  void refusesHalfADocument() throws Exception {
    String whole = virtualService("reviews", "v1");
    Answer yaml = server.send("POST", VS, YAML, whole.substring(0, whole.indexOf("[") + 3));
    assertThat(yaml.status()).isEqualTo(400);
    assertThat(yaml.json().at("/message").asText()).contains("line 6");
    Answer json = server.send("POST", VS, JSON, "{\"apiVersion\": \"networking.istio.io/v1\",");
    assertThat(json.status()).isEqualTo(400);
    Answer twice = server.send("POST", VS, JSON, "{\"kind\": \"A\", \"kind\": \"B\"}");
    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.json().at("/message").asText()).contains("kind");
  }

  @Test
  void refusesOtherContentTypes() throws Exception {
    Answer refused = server.send("POST", VS, "text/plain", virtualService("reviews", "v1"));
    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.json().at("/message").asText())
        .contains("text/plain")
        .contains("application/yaml");
  }

  @Test
  void refusesUnknownKindsAndPaths() throws Exception {
    assertThat(server.get(VS.replace("virtualservices", "gateways")).status()).isEqualTo(404);
    assertThat(server.get("/nowhere").json().at("/kind").asText()).isEqualTo("Status");
    Answer kind =
        server.send("POST", "/apply", YAML, "{apiVersion: v1, kind: Pod, metadata: {name: a}}");
    assertThat(kind.status()).isEqualTo(422);
    assertThat(kind.json().at("/message").asText()).contains("Pod");
  }

  @Test
  void refusesAPathThatContradictsTheDocument() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    Answer name = server.send("PUT", VS + "/reviews", YAML, virtualService("ratings", "v1"));
    assertThat(name.status()).isEqualTo(400);
    assertThat(name.json().at("/message").asText()).contains("ratings").contains("reviews");
    Answer kind = server.send("PUT", VS + "/reviews", YAML, destinationRule("reviews", "v1"));
    assertThat(kind.status()).isEqualTo(400);
  }

  @Test
  void refusesToChangeWhatSomebodyElseChangedMeanwhile() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    String read = server.get(VS + "/reviews").body();
    server.send("PUT", VS + "/reviews", YAML, virtualService("reviews", "v2"));

    Answer conflict = server.send("PUT", VS + "/reviews", JSON, read);
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.json().at("/reason").asText()).isEqualTo("Conflict");
    assertThat(server.get(VS + "/reviews").body()).contains("v2");
    Answer again = server.send("POST", VS, YAML, virtualService("reviews", "v3"));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().at("/reason").asText()).isEqualTo("AlreadyExists");
  }

  @Test
  void countsGenerationsOnlyForChangesOfTheSpec() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    Answer same = server.send("PUT", VS + "/reviews", YAML, virtualService("reviews", "v1"));
    assertThat(same.json().at("/metadata/resourceVersion").asText()).isEqualTo("1");
    Answer labelled =
        server.send(
            "PATCH",
            VS + "/reviews",
            "application/merge-patch+json",
            "{\"metadata\": {\"labels\": {\"team\": \"a\"}}}");
    assertThat(labelled.json().at("/metadata/generation").asInt()).isEqualTo(1);
    assertThat(labelled.json().at("/metadata/resourceVersion").asText()).isEqualTo("2");
    Answer changed = server.send("PUT", VS + "/reviews", YAML, virtualService("reviews", "v2"));
    assertThat(changed.json().at("/metadata/generation").asInt()).isEqualTo(2);
  }

  @Test
  void patchesByMergeAndByOperations() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    Answer merged =
        server.send(
            "PATCH",
            VS + "/reviews",
            "application/merge-patch+json",
            "{\"spec\": {\"gateways\": [\"mesh\"]}}");
    assertThat(merged.status()).isEqualTo(200);
    assertThat(merged.json().at("/spec/gateways/0").asText()).isEqualTo("mesh");
    assertThat(merged.json().at("/spec/hosts/0").asText()).isEqualTo("reviews");
    Answer operated =
        server.send(
            "PATCH",
            VS + "/reviews",
            "application/json-patch+json",
            "[{\"op\": \"remove\", \"path\": \"/spec/gateways\"}]");
    assertThat(operated.json().at("/spec/gateways").isMissingNode()).isTrue();
    Answer wrong =
        server.send(
            "PATCH",
            VS + "/reviews",
            "application/merge-patch+json",
            "{\"spec\": {\"hosts\": \"reviews\"}}");
    assertThat(wrong.status()).isEqualTo(422);
    Answer other =
        server.send("PATCH", VS + "/reviews", "application/strategic-merge-patch+json", "{}");
    assertThat(other.status()).isEqualTo(415);
  }

  @Test
  void storesNothingInADryRun() throws Exception {
    Answer asked = server.send("POST", VS + "?dryRun=All", YAML, virtualService("reviews", "v1"));
    assertThat(asked.status()).isEqualTo(201);
    assertThat(server.get(VS + "/reviews").status()).isEqualTo(404);
    assertThat(server.send("POST", VS + "?dryRun=Some", YAML, "").status()).isEqualTo(400);
  }

  @Test
  void listsByNamespaceAndLabels() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    String shop = VS.replace("/default/", "/shop/");
    String labelled =
        virtualService("ratings", "v1")
            .replace("  name: ratings\n", "  name: ratings\n  labels: {team: a}\n");
    server.send("POST", shop, YAML, labelled);

    assertThat(names(VS)).containsExactly("reviews");
    assertThat(names("/apis/networking.istio.io/v1/virtualservices"))
        .containsExactly("reviews", "ratings");
    assertThat(names("/apis/networking.istio.io/v1/virtualservices?labelSelector=team%3Da"))
        .containsExactly("ratings");
    assertThat(names("/apis/networking.istio.io/v1/virtualservices?labelSelector=!team"))
        .containsExactly("reviews");
    assertThat(names("/apis/networking.istio.io/v1/virtualservices?labelSelector=team+in+(b,c)"))
        .isEmpty();
    assertThat(server.get(VS + "?labelSelector=%3D%3D").status()).isEqualTo(400);
    Answer limited = server.get("/apis/networking.istio.io/v1/virtualservices?limit=1");
    assertThat(limited.json().at("/items")).hasSize(2);
    assertThat(limited.warnings()).anyMatch(warning -> warning.contains("limit"));
  }

  private List<String> names(String path) throws Exception {
    List<String> names = new ArrayList<>();
    server.get(path).json().at("/items").forEach(i -> names.add(i.at("/metadata/name").asText()));
    return names;
  }

  @Test
  void streamsChangesInTheirOrder() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    try (Stream<String> events = server.stream(VS + "?watch=true&resourceVersion=1")) {
      Iterator<String> lines = events.iterator();
      server.send("PUT", VS + "/reviews", YAML, virtualService("reviews", "v2"));
      server.send("POST", VS.replace("default", "other"), YAML, virtualService("other", "v1"));
      server.send("POST", VS, YAML, virtualService("ratings", "v1"));
      server.send("DELETE", VS + "/reviews", "", "");
      assertThat(event(lines)).isEqualTo("MODIFIED reviews 2");
      assertThat(event(lines)).isEqualTo("ADDED ratings 4");
      assertThat(event(lines)).isEqualTo("DELETED reviews 5");
      server.server.close();
      assertThat(lines.hasNext()).as("the server ends its watches when it stops").isFalse();
    }
    server = new RunningServer(data);
    try (Stream<String> events = server.stream(VS + "?watch=true&resourceVersion=3")) {
      Iterator<String> lines = events.iterator();
      assertThat(event(lines)).as("the log is kept over a restart").isEqualTo("ADDED ratings 4");
    }
    try (Stream<String> events = server.stream(VS + "?watch=true")) {
      assertThat(event(events.iterator())).as("without a version: all there is").contains("ADDED");
    }
    Answer future = server.get(VS + "?watch=true&resourceVersion=99");
    assertThat(future.status()).isEqualTo(410);
    assertThat(future.json().at("/reason").asText()).isEqualTo("Expired");
  }

  private static String event(Iterator<String> lines) {
    JsonNode event = RunningServer.tree(lines.next());
    return event.at("/type").asText()
        + " "
        + event.at("/object/metadata/name").asText()
        + " "
        + event.at("/object/metadata/resourceVersion").asText();
  }

  @Test
  void appliesManyDocumentsOrNone() throws Exception {
    String good = destinationRule("reviews", "v1") + "---\n" + virtualService("reviews", "v1");
    Answer created = server.send("POST", "/apply", YAML, good);
    assertThat(created.json().findValuesAsText("result")).containsExactly("created", "created");
    Answer again =
        server.send("POST", "/apply", YAML, good + "---\n" + virtualService("ratings", "v1"));
    assertThat(again.json().findValuesAsText("result"))
        .containsExactly("unchanged", "unchanged", "created");

    String bad =
        virtualService("reviews", "v2")
            + "---\n"
            + virtualService("details", "v1").replace("hosts", "hostz");
    Answer refused = server.send("POST", "/apply", YAML, bad);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().at("/details/causes").findValuesAsText("field"))
        .anyMatch(field -> field.startsWith("document 2") && field.endsWith("spec.hostz"));
    assertThat(server.get(VS + "/reviews").body()).contains("\"v1\"");
    assertThat(server.get(VS + "/details").status()).isEqualTo(404);
  }

  @Test
  void refusesTheSameNameTwiceInOneApply() throws Exception {
    Answer refused =
        server.send(
            "POST",
            "/apply",
            YAML,
            virtualService("reviews", "v1") + "---\n" + virtualService("reviews", "v2"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().at("/message").asText()).contains("document 2").contains("reviews");
  }

  @Test
  void deletesWhatFilesName() throws Exception {
    String all = destinationRule("reviews", "v1") + "---\n" + virtualService("reviews", "v1");
    server.send("POST", "/apply", YAML, all);
    Answer deleted = server.send("DELETE", "/apply", YAML, all);
    assertThat(deleted.json().findValuesAsText("result")).containsExactly("deleted", "deleted");
    assertThat(server.get(VS).json().at("/items")).isEmpty();
  }

  @Test
  void keepsEverythingOverARestart() throws Exception {
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    String before = server.get(VS + "/reviews").body();
    server.close();
    server = new RunningServer(data);
    assertThat(server.get(VS + "/reviews").body()).isEqualTo(before);
    Answer next = server.send("POST", VS, YAML, virtualService("ratings", "v1"));
    assertThat(next.json().at("/metadata/resourceVersion").asText()).isEqualTo("2");
  }

  @Test
  void saysHowItIs() throws Exception {
    assertThat(server.get("/healthz").body()).isEqualTo("ok\n");
    assertThat(server.get("/readyz").status()).isEqualTo(200);
    server.send("POST", VS, YAML, virtualService("reviews", "v1"));
    assertThat(server.get("/metrics").body())
        .contains("weft_resources{kind=\"VirtualService\"} 1.0");
    assertThat(server.get("/v1/workloads").json().at("/items")).isEmpty();
    assertThat(server.get("/version").body().toLowerCase(Locale.ROOT)).contains("weft");
  }
}
