package dev.weft.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docs/supported.md is what the adapters' own adapter.yaml files say. */
class SupportedLibrariesTest {

  private static final Path HOME = Path.of(System.getProperty("weft.home", "../.."));
  private static final Path TABLE = HOME.resolve("docs/supported.md");
  private static final List<String> KEYS =
      List.of("name", "library", "oldest", "newest", "shape", "tls", "limits");
  private static final String HEAD =
      """
      # Supported libraries

      Made from `instrumentation/*/adapter.yaml`; a test fails when the two differ. Oldest and newest are the versions
      that pass the adapter's contract in the build. TLS is where the mutual TLS of the mesh will be put in. Frameworks
      are governed through what they send with. Not in a table: not governed.

      | adapter | library | oldest | newest | shape | TLS |
      |---|---|---|---|---|---|
      """;

  private static final String FRAMEWORKS =
      """

      ## Frameworks

      Sent through in separate processes, by route, weights and retries of a policy, over strict mutual TLS
      (`FrameworksSmokeTest`, `SpringBootSmokeTest`); a 503 is sent again as often as the policy says, and by nobody else.

      | framework | over |
      |---|---|
      | Spring RestTemplate 6.2 and 7 (4.3 and 5.3: routes and mutual TLS) | HttpURLConnection, Apache HttpClient 5 |
      | Spring RestClient 6.2 and 7 | java.net.http, Apache HttpClient 5, Jetty client 12, HttpURLConnection |
      | Spring `@HttpExchange` 6.2 and 7 (RestClient) | java.net.http, Apache HttpClient 5 |
      | Retrofit 3.0 | OkHttp |
      | Jersey client 3.1 | HttpURLConnection, Apache HttpClient 4 and 5, java.net.http |
      | RESTEasy client 6.2 | Apache HttpClient 4, HttpURLConnection |
      | CXF 4.1 WebClient | java.net.http, HttpURLConnection |
      | MicroProfile REST Client 3.0 (CXF 4.1) | java.net.http |
      | OpenFeign 13.6 | HttpURLConnection, OkHttp, Apache HttpClient 5 |
      """;

  @Test
  void theTableIsWhatTheAdaptersSay() throws IOException {
    String expected = table();
    if (Boolean.getBoolean("weft.regenerate")) {
      Files.writeString(TABLE, expected);
    }
    assertThat(Files.exists(TABLE) ? Files.readString(TABLE) : "")
        .as(
            "docs/supported.md; to write it anew: mvn test -pl smoke-tests/architecture -am"
                + " -Dtest=SupportedLibrariesTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dweft.regenerate=true")
        .isEqualTo(expected);
  }

  private static String table() throws IOException {
    StringBuilder rows = new StringBuilder(HEAD);
    StringBuilder limits = new StringBuilder("\n## Limits\n");
    try (Stream<Path> folders = Files.list(HOME.resolve("instrumentation"))) {
      for (Path folder : folders.sorted().toList()) {
        Path file = folder.resolve("adapter.yaml");
        if (Files.exists(file)) {
          Map<?, ?> adapter = read(file);
          row(adapter, rows);
          limits(adapter, limits);
        }
      }
    }
    return rows.append(FRAMEWORKS).append(limits).toString();
  }

  private static Map<?, ?> read(Path file) throws IOException {
    Map<?, ?> adapter =
        (Map<?, ?>)
            new Load(LoadSettings.builder().setLabel(file.toString()).build())
                .loadFromString(Files.readString(file, StandardCharsets.UTF_8));
    assertThat(adapter.keySet().stream().map(Object::toString).toList())
        .as("keys of %s", file)
        .containsExactlyElementsOf(KEYS);
    assertThat(adapter.get("name"))
        .as("name in %s", file)
        .hasToString(String.valueOf(file.getName(file.getNameCount() - 2)));
    return adapter;
  }

  private static void row(Map<?, ?> adapter, StringBuilder rows) {
    for (String key : KEYS.subList(0, 6)) {
      rows.append("| ").append(adapter.get(key)).append(' ');
    }
    rows.append("|\n");
  }

  private static void limits(Map<?, ?> adapter, StringBuilder limits) {
    List<?> lines = (List<?>) adapter.get("limits");
    if (lines != null && !lines.isEmpty()) {
      limits.append("\n### ").append(adapter.get("name")).append("\n\n");
      lines.forEach(line -> limits.append("- ").append(line).append('\n'));
    }
  }
}
