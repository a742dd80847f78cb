package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ValidatorTest {

  @Test
  void aRightDocumentHasNoProblem() {
    assertThat(
            problems("VirtualService", "{hosts: [a], http: [{route: [{destination: {host: a}}]}]}"))
        .isEmpty();
  }

  @Test
  void allProblemsAreNamedAtOnce() {
    assertThat(
            problems(
                "VirtualService",
                """
                {hosts: [a], http: [{retires: {attempts: 1}, retries: {attempts: -1},
                  timeout: 5, route: [{destination: {host: a}, weight: "x"}]}]}
                """))
        .containsExactlyInAnyOrder(
            "ERROR spec.http[0].retires: unknown field (did you mean retries?)",
            "ERROR spec.http[0].retries.attempts: -1 (expected: an integer >= 0)",
            "ERROR spec.http[0].timeout: 5 (expected: a duration such as 1.5s, 100ms, 1m or 1h)",
            "ERROR spec.http[0].route[0].weight: x (expected: an integer >= 0)");
  }

  static List<String> problems(String kind, String spec) {
    Documents.Parsed parsed =
        Documents.parse(
            "apiVersion: networking.istio.io/v1\nkind: "
                + kind
                + "\nmetadata: {name: x, namespace: default}\nspec: "
                + spec.replace("\n", "\n  "));
    assertThat(parsed.problems()).isEmpty();
    return Validator.validate(parsed.documents().get(0)).stream()
        .map(problem -> problem.severity() + " " + problem.text())
        .toList();
  }
}
