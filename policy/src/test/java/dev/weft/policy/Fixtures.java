package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.List;
import java.util.Map;

/** Documents and instances that tests speak of. */
final class Fixtures {

  private Fixtures() {}

  static List<Document> documents(String yaml) {
    Documents.Parsed parsed = Documents.parse(yaml);
    assertThat(parsed.problems()).isEmpty();
    return parsed.documents();
  }

  /** Documents that the validator takes. */
  static List<Document> valid(String yaml) {
    List<Document> documents = documents(yaml);
    for (Document document : documents) {
      assertThat(Validator.validate(document))
          .as(document.key())
          .noneMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }
    return documents;
  }

  static Document document(String kind, String namespace, String name, String spec) {
    return documents(
            "apiVersion: "
                + apiVersion(kind)
                + "\nkind: "
                + kind
                + "\nmetadata: {name: "
                + name
                + ", namespace: "
                + namespace
                + ", resourceVersion: \"1\"}\nspec:\n  "
                + spec.strip().replace("\n", "\n  "))
        .get(0);
  }

  /** Of the group that has {@code kind}. */
  static String apiVersion(String kind) {
    return Kind.all().stream()
        .filter(known -> known.name().equals(kind))
        .map(known -> known.group() + "/v1")
        .findFirst()
        .orElse("networking.istio.io/v1");
  }

  static Registration instance(String service, String namespace, String id, String version) {
    return Registration.builder()
        .instanceId(id)
        .service(service)
        .namespace(namespace)
        .serviceAccount(service)
        .workload(service + "-" + version)
        .address("10.0.0." + Math.abs(id.hashCode() % 250))
        .ports(List.of(Port.builder().number(8080).build()))
        .labels(Map.of("app", service, "version", version))
        .locality("eu/a/1")
        .state(Registration.State.READY)
        .build();
  }

  static Registration caller(String namespace) {
    return Registration.builder()
        .instanceId("caller")
        .service("productpage")
        .namespace(namespace)
        .labels(Map.of("app", "productpage", "version", "v1"))
        .build();
  }
}
