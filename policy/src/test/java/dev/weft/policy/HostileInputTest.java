package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.AuthorizationRule;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing that somebody sends may throw, and nothing may take long. */
@Timeout(120)
class HostileInputTest {

  private static final String[] WORDS = {
    "",
    "a",
    "*",
    "*.a.org",
    "reviews",
    "v1",
    "-1s",
    "1s",
    "0s",
    "(?=",
    "a(",
    "GET",
    "mesh",
    ".",
    "~",
    "10.0.0.1",
    "unix:///x",
    "\n",
    "\u0000",
    "STATIC",
    "ISTIO_MUTUAL",
    "5xx,503",
    "%",
    "::",
    "istio-system",
    "app",
    "DENY",
    "CUSTOM",
    "STRICT",
    "/{*}/{**}",
    "/{**}x",
    "a*b",
    "10.0.0.0/8",
    "cluster.local/ns/a/sa/b",
    "*/ns/a/sa/b",
    "////",
    "source.principal",
    "source.serviceAccount",
    "request.headers[x]",
    "request.auth.claims[a][b]",
    "https://a.org/k",
    "{\"keys\": [{\"kty\": \"RSA\"}]}",
    "{\"keys\": {}}"
  };

  private static final List<Kind> SECURITY =
      Kind.all().stream()
          .filter(kind -> kind.supported() && kind.group().equals("security.istio.io"))
          .toList();

  private static final List<Registration> INSTANCES =
      List.of(
          Fixtures.caller("default"),
          Fixtures.instance("a", "a", "a", "v1").toBuilder().labels(Map.of("app", "a")).build(),
          Fixtures.instance("b", "istio-system", "b", "v1"));

  private final Random random = new Random(20_261_122);
  private final Schema schema = Schema.istio();

  @Test
  void randomTreesNeverThrow() {
    for (int i = 0; i < 3_000; i++) {
      Kind kind = Kind.all().get(random.nextInt(Kind.all().size()));
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("apiVersion", kind.group() + "/" + kind.versions().get(0));
      tree.put("kind", kind.name());
      tree.put("metadata", random.nextInt(9) == 0 ? value("any", 3) : metadata());
      tree.put("spec", value(kind.spec(), 0));
      Document document = Document.of(tree);

      List<Problem> problems = Validator.validate(document);

      assertThat(problems).allSatisfy(problem -> assertThat(problem.text()).isNotBlank());
      Documents.Parsed again = Documents.parse(Documents.toYaml(document));
      assertThat(again.problems()).as(Documents.toYaml(document)).isEmpty();
      assertThat(again.documents()).containsExactly(document);
      PolicySet policies = PolicySet.builder().documents(List.of(document)).build();
      for (String table : new String[] {"a:80", "reviews:80", "10.0.0.1:80", "x.a.org:1", ":"}) {
        assertThat(Resolver.resolve(policies, Fixtures.caller("default"), table).explanation())
            .isNotEmpty();
      }
      assertThat(Analyzer.analyze(policies.withInstances(INSTANCES))).isNotNull();
      for (Registration instance : INSTANCES) {
        assertThat(InboundResolver.resolve(policies, instance).explanation()).isNotEmpty();
      }
    }
  }

  /** Whatever is wrong with it: what it was to protect is not left open. */
  @Test
  void aSecurityDocumentThatIsRefusedIsNeverOpen() {
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      Kind kind = SECURITY.get(random.nextInt(SECURITY.size()));
      Map<String, Object> spec = new LinkedHashMap<>(Trees.map(value(kind.spec(), 0)));
      spec.remove("selector");
      Document document =
          Document.of(
              Map.of(
                  "apiVersion",
                  kind.group() + "/v1",
                  "kind",
                  kind.name(),
                  "metadata",
                  Map.of("name", "x", "namespace", "default"),
                  "spec",
                  spec));
      if (!Validator.isRefused(Validator.validate(document))) {
        continue;
      }
      refused++;
      InboundPolicy policy =
          InboundResolver.resolve(
                  PolicySet.builder().documents(List.of(document)).build(),
                  Fixtures.caller("default"))
              .policy();
      if (kind.name().equals("PeerAuthentication")) {
        assertThat(policy.mutualTls()).isEqualTo(InboundPolicy.MutualTls.STRICT);
      } else {
        assertThat(policy.authorizationPolicies())
            .singleElement()
            .satisfies(
                deny -> {
                  assertThat(deny.action()).isEqualTo(AuthorizationPolicy.Action.DENY);
                  assertThat(deny.dryRun()).isFalse();
                  assertThat(deny.rules()).containsExactly(AuthorizationRule.builder().build());
                });
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void randomTextsNeverThrow() {
    String alphabet = "{}[]:,-&*!|>'\"%@`?#\n\t ab1~\u0000\u0085\ud83d";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(60); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Documents.Parsed parsed = Documents.parse(text.toString());

      assertThat(parsed.problems()).allSatisfy(p -> assertThat(p.text()).isNotBlank());
      parsed.documents().forEach(Validator::validate);
    }
  }

  @Test
  void documentsThatWereCutOffNeverThrow() {
    for (int i = 0; i < ResolverTest.CANARY.length(); i++) {
      Documents.Parsed parsed = Documents.parse(ResolverTest.CANARY.substring(0, i));
      for (Document document : parsed.documents()) {
        Validator.validate(document);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a", "'a: |\n  a'", "'a: \"a'", "'# '", "'&a [*a, '", "'a: !!x '", "'- - - - '"})
  void longTextsAreReadInLinearTime(String start) {
    String text = start + "a".repeat(Documents.MAX_CHARACTERS - 100);

    assertThat(Documents.parse(text).documents()).hasSizeLessThan(2);
  }

  @Test
  void problemsAreCountedUpToAPoint() {
    Map<String, Object> spec = new LinkedHashMap<>();
    for (int i = 0; i < 100_000; i++) {
      spec.put("field" + i, "x");
    }
    Document document =
        Document.of(
            Map.of(
                "apiVersion",
                "networking.istio.io/v1",
                "kind",
                "VirtualService",
                "metadata",
                Map.of("name", "x"),
                "spec",
                spec));

    assertThat(Validator.validate(document)).hasSize(Problems.MAX + 1);
  }

  private Object metadata() {
    return Map.of("name", word(), "namespace", random.nextBoolean() ? "default" : word());
  }

  /** Mostly of the type that the schema wants, so that the rules behind it are reached. */
  private Object value(String type, int depth) {
    if (depth > 8 || random.nextInt(12) == 0) {
      return scalar();
    }
    if (type.startsWith("list ")) {
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        list.add(value(type.substring(5), depth + 1));
      }
      return list;
    }
    if (type.startsWith("map ")) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        map.put(word(), value(type.substring(4), depth + 1));
      }
      return map;
    }
    Map<String, Schema.Field> fields = schema.fields(type);
    if (fields != null) {
      Map<String, Object> map = new LinkedHashMap<>();
      fields.forEach(
          (name, field) -> {
            if (random.nextInt(3) == 0) {
              map.put(name, value(field.type, depth + 1));
            }
          });
      return map;
    }
    var values = schema.values(type);
    if (values != null) {
      return List.copyOf(values).get(random.nextInt(values.size()));
    }
    return switch (type) {
      case "bool" -> random.nextBoolean();
      case "string", "duration", "duration0" -> word();
      default -> (long) random.nextInt(3) * 80;
    };
  }

  private Object scalar() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextDouble();
      case 2 -> random.nextBoolean();
      case 3 -> List.of();
      case 4 -> Map.of();
      default -> word();
    };
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
