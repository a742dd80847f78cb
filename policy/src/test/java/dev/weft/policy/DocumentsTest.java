package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class DocumentsTest {

  private static final String REVIEWS =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: reviews
        namespace: shop
        labels: {team: a}
        resourceVersion: "17"
      spec:
        hosts: [reviews]
        http:
        - route:
          - destination: {host: reviews}
            weight: 100
      """;

  @Test
  void readsADocument() {
    Document document = only(REVIEWS);

    assertThat(document.apiVersion()).isEqualTo("networking.istio.io/v1");
    assertThat(document.group()).isEqualTo("networking.istio.io");
    assertThat(document.version()).isEqualTo("v1");
    assertThat(document.source()).isEqualTo("VirtualService/shop/reviews@17");
    assertThat(document.labels()).containsEntry("team", "a");
    assertThat(document.spec().get("hosts")).asString().isEqualTo("[reviews]");
  }

  @Test
  void readsManyDocumentsAndSkipsEmptyOnes() {
    Documents.Parsed parsed =
        Documents.parse("# nothing\n---\n" + REVIEWS + "---\n---\n" + REVIEWS + "--- # end\n");

    assertThat(parsed.problems()).isEmpty();
    assertThat(parsed.documents()).hasSize(2);
  }

  @Test
  void readsJson() {
    Document document =
        only(
            """
            {"apiVersion":"networking.istio.io\\/v1","kind":"WorkloadEntry",
            \t"metadata":{"name":"vm","namespace":"default"},
             "spec":{"address":"10.0.0.1","weight":3}}
            """);

    assertThat(document.apiVersion()).isEqualTo("networking.istio.io/v1");
    assertThat(document.spec()).containsEntry("weight", 3L);
  }

  @Test
  void unrollsAList() {
    Documents.Parsed parsed =
        Documents.parse(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: A, metadata: {name: a}}
            - {apiVersion: v1, kind: B, metadata: {name: b}}
            """);

    assertThat(parsed.documents()).extracting(Document::kind).containsExactly("A", "B");
  }

  @Test
  void oneBadDocumentDoesNotHideTheOthers() {
    Documents.Parsed parsed =
        Documents.parse(REVIEWS + "---\nkind: [half\n---\n" + REVIEWS.replace("shop", "other"));

    assertThat(parsed.documents()).extracting(Document::namespace).containsExactly("shop", "other");
    assertThat(parsed.problems()).hasSize(1);
    assertThat(parsed.problems().get(0).line()).isBetween(15, 17);
    assertThat(parsed.problems().get(0).severity()).isEqualTo(Problem.Severity.ERROR);
  }

  @Test
  void namesLineAndColumnOfADuplicateKey() {
    Documents.Parsed parsed = Documents.parse("kind: A\nspec:\n  hosts: []\n  hosts: []\n");

    assertThat(parsed.documents()).isEmpty();
    assertThat(parsed.problems()).hasSize(1);
    assertThat(parsed.problems().get(0).text())
        .contains("line 4, column 3")
        .contains("duplicate key hosts");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          just a text   | just a text (expected: a mapping with apiVersion
          [1, 2]        | a list (expected: a mapping
          {"kind": "A   | line
          kind: *nobody | nobody
          !!java.io.File x | could not determine a constructor
          """)
  void saysWhatIsWrong(String text, String expected) {
    Documents.Parsed parsed = Documents.parse(text);

    assertThat(parsed.documents()).isEmpty();
    assertThat(parsed.problems()).hasSize(1);
    assertThat(parsed.problems().get(0).text()).contains(expected);
  }

  @Test
  void refusesAnAliasBomb() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [");
      for (int j = 0; j < 10; j++) {
        bomb.append(j == 0 ? "" : ", ").append("*a").append(i - 1);
      }
      bomb.append("]\n");
    }

    Documents.Parsed parsed = Documents.parse(bomb.toString());

    assertThat(parsed.documents()).isEmpty();
    assertThat(parsed.problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"[,]", "'{\"a\":',}"})
  void refusesWhatIsNestedTooDeeply(String open, String close) {
    int levels = 100_000;
    Documents.Parsed parsed = Documents.parse(open.repeat(levels) + close.repeat(levels));

    assertThat(parsed.documents()).isEmpty();
    assertThat(parsed.problems()).hasSize(1);
  }

  @Test
  void refusesATextThatIsTooLong() {
    Documents.Parsed parsed = Documents.parse("a".repeat(Documents.MAX_CHARACTERS + 1));

    assertThat(parsed.problems()).extracting(Problem::text).asString().contains("at most 4194304");
  }

  @Test
  void yamlComesBackEqual() {
    Document document =
        only(
            REVIEWS
                + "  odd: {text: \"1.0\", yes: \"true\", none: ~, number: 1.5, empty: \"\", list: []}\n");

    assertThat(only(Documents.toYaml(document))).isEqualTo(document);
  }

  @Test
  void metadataCanBeSetAndRemoved() {
    Document document = only(REVIEWS).withMetadata("resourceVersion", "18");

    assertThat(document.resourceVersion()).isEqualTo("18");
    assertThat(document.withMetadata("resourceVersion", null).resourceVersion()).isEmpty();
    assertThat(document.spec()).isEqualTo(only(REVIEWS).spec());
  }

  private static Document only(String text) {
    Documents.Parsed parsed = Documents.parse(text);
    assertThat(parsed.problems()).isEmpty();
    assertThat(parsed.documents()).hasSize(1);
    return parsed.documents().get(0);
  }
}
