package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that were not written for this, governed without a change. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ThirdPartySmokeTest {

  private static final Path WIREMOCK = Stage.HOME.resolve("smoke-tests/wiremock/target/lib");
  private static final Path WAR = Stage.HOME.resolve("smoke-tests/proxy-war/target");

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = Stage.withControlServer();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  @Test
  void wireMockAsProxyIsRoutedToWireMockAsBackend() throws Exception {
    wireMock("backend", "v1", mapping("one"));
    wireMock("backend", "v2", mapping("two"));
    int proxy = wireMock("proxy", "v1", "", "--proxy-all=http://backend");
    stage.awaitInstances("backend", 2);
    stage.apply(
        Policies.SUBSETS
            + "---\n"
            + Policies.backend(
                """
                - match: [{headers: {x-user: {exact: tester}}}]
                  route: [{destination: {host: backend, subset: v2}}]
                - match: [{uri: {exact: /forbidden}}]
                  directResponse: {status: 451, body: {string: by policy}}
                - route: [{destination: {host: backend, subset: v1}}]
                """));

    assertThat(Stage.get(uri(proxy, "/hello")).body()).isEqualTo("one");
    assertThat(Stage.get(uri(proxy, "/hello"), "x-user", "tester").body()).isEqualTo("two");
    assertThat(Stage.get(uri(proxy, "/forbidden")).statusCode()).isEqualTo(451);
  }

  @Test
  void aProxyWarInAnExternalTomcatIsRouted() throws Exception {
    stage.probe(Jdk.current(), "backend", "v1");
    stage.probe(Jdk.current(), "backend", "v2");
    stage.awaitInstances("backend", 2);
    stage.apply(Policies.SUBSETS + "---\n" + Policies.split(0, 100));
    int port = tomcat();

    assertThat(Stage.get(uri(port, "/hello")).body()).isEqualTo("v2");
    stage.apply(Policies.split(100, 0));
    Await.until(
        "the new route in Tomcat", () -> Stage.get(uri(port, "/hello")).body().equals("v1"));
  }

  private int tomcat() throws Exception {
    int port = Stage.freePort();
    Tomcat.start(
        stage,
        "tomcat",
        Jdk.current(),
        WAR,
        WAR.resolve("proxy.war"),
        port,
        stage.agent("edge", "v1"));
    return port;
  }

  private int wireMock(String service, String version, String mapping, String... options)
      throws Exception {
    int port = Stage.freePort();
    Path root = Files.createDirectories(stage.directory().resolve("wiremock-" + service + version));
    if (!mapping.isEmpty()) {
      Files.writeString(
          Files.createDirectories(root.resolve("mappings")).resolve("hello.json"), mapping);
    }
    List<String> arguments = new ArrayList<>(List.of("-Xmx256m"));
    arguments.addAll(stage.agent(service, version));
    arguments.addAll(
        List.of(
            "-cp",
            classPath(),
            "com.github.tomakehurst.wiremock.standalone.WireMockServerRunner",
            "--port",
            Integer.toString(port),
            "--root-dir",
            root.toString()));
    arguments.addAll(List.of(options));
    stage.start("wiremock-" + service + version, Jdk.current(), arguments, Map.of());
    Await.until("WireMock answering", () -> Stage.status(uri(port, "/__admin/mappings")) == 200);
    return port;
  }

  private static String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(WIREMOCK)) {
      return String.join(":", jars.map(Path::toString).toList());
    }
  }

  private static String mapping(String body) {
    return """
    {"request": {"method": "ANY", "url": "/hello"}, "response": {"status": 200, "body": "%s"}}
    """
        .formatted(body);
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
