package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One ordinary application on every Spring Boot, in every container, as fat jar, from the class
 * path and as WAR, on every JDK that it runs on: strict mutual TLS in, a policy that denies, and
 * routed mutual TLS out.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SpringBootSmokeTest {

  private static final Path BOOT = Stage.HOME.resolve("smoke-tests/boot");
  private static final Path TOMCAT_9 = Stage.HOME.resolve("smoke-tests/proxy-war/target");

  private static final String POLICIES =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: boot, namespace: default}
      spec:
        selector: {matchLabels: {version: boot}}
        mtls: {mode: STRICT}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-secrets, namespace: default}
      spec:
        selector: {matchLabels: {version: boot}}
        action: DENY
        rules: [{to: [{operation: {paths: ["/secret"]}}]}]
      ---
      """
          + Policies.SUBSETS
          + "---\n"
          + Policies.backend(
              """
              - match: [{headers: {x-user: {exact: tester}}}]
                route: [{destination: {host: backend, subset: v2}}]
              - route: [{destination: {host: backend, subset: v1}}]
              """);

  private static Stage stage;
  private static Stage.Probe caller;
  private static String token;

  @BeforeAll
  static void start() throws Exception {
    stage = Stage.withSecureControlServer();
    token = stage.token("default", "boot", "--uses", "100");
    backend("v1");
    backend("v2");
    caller =
        stage.secureProbe(
            Jdk.current(), "caller", "v1", "caller", stage.token("default", "caller"));
    stage.awaitInstances("backend", 2);
    stage.apply(POLICIES);
  }

  private static void backend(String version) throws Exception {
    stage.secureProbe(
        Jdk.current(), "backend", version, "backend", stage.token("default", "backend"));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  /** How the application runs. */
  enum Container {
    TOMCAT,
    JETTY,
    UNDERTOW,
    EXTERNAL_TOMCAT
  }

  record Row(int jdk, String boot, Container container) {
    @Override
    public String toString() {
      return "JDK " + jdk + ", Spring Boot " + boot + ", " + container;
    }
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    add(rows, 8, "1.5", Container.TOMCAT, Container.JETTY);
    add(rows, 8, "2.7", Container.values());
    add(rows, 11, "1.5", Container.TOMCAT);
    add(rows, 11, "2.7", Container.values());
    add(rows, 17, "2.7", Container.TOMCAT, Container.JETTY, Container.UNDERTOW);
    add(rows, 17, "3.5", Container.values());
    add(rows, 17, "4.1", Container.TOMCAT, Container.JETTY);
    add(rows, 21, "2.7", Container.TOMCAT);
    add(rows, 21, "3.5", Container.TOMCAT, Container.JETTY, Container.UNDERTOW);
    add(rows, 21, "4.1", Container.TOMCAT, Container.JETTY, Container.EXTERNAL_TOMCAT);
    add(rows, 25, "3.5", Container.TOMCAT, Container.JETTY, Container.UNDERTOW);
    add(rows, 25, "4.1", Container.TOMCAT, Container.JETTY, Container.EXTERNAL_TOMCAT);
    return rows.stream();
  }

  private static void add(List<Row> rows, int jdk, String boot, Container... containers) {
    for (Container container : containers) {
      rows.add(new Row(jdk, boot, container));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void servesStrictlyAndCallsByPolicy(Row row) throws Exception {
    Optional<Jdk> jdk = Jdk.of(row.jdk());
    assumeTrue(jdk.isPresent(), "JDK " + row.jdk() + " is not on this machine: NOT TESTED on it");
    String service =
        ("boot-" + row.boot() + "-" + row.container() + "-" + row.jdk())
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[._]", "-");
    int port = Stage.freePort();
    try (Child application = run(row, jdk.get(), service, port)) {
      String url = "http://" + service;
      Await.until(
          row + ": mutual TLS; log: " + application.log(),
          () -> call(url + "/hello").contains("URI=spiffe://cluster.local/ns/default/sa/caller"));

      assertThat(Stage.status(URI.create("http://127.0.0.1:" + port + "/hello")))
          .as("%s: plaintext is refused", row)
          .isIn(0, 403);
      assertThat(call(url + "/secret"))
          .as("%s: the policy denies", row)
          .isEqualTo("403 RBAC: access denied");
      assertThat(call(url + "/call?url=http://backend/hello&user=tester"))
          .as("%s: the header routes", row)
          .isEqualTo("200 200 v2");
      assertThat(call(url + "/call?url=http://backend/hello"))
          .as("%s: the default route", row)
          .isEqualTo("200 200 v1");
      assertThat(call(url + "/call?url=http://backend/headers"))
          .as("%s: mutual TLS to the backend", row)
          .contains("URI=spiffe://cluster.local/ns/default/sa/boot");
      assertThat(application.log().lines().filter(line -> line.contains("weft")))
          .as("%s: what the agent said", row)
          .noneMatch(line -> line.matches(".*(problem|left out|cannot|failed|Exception).*"));
    }
  }

  private static String call(String url) throws Exception {
    return caller.call("hc5", url);
  }

  private static Child run(Row row, Jdk jdk, String service, int port) throws Exception {
    Path target = BOOT.resolve("boot-" + row.boot()).resolve("target");
    List<String> options = new ArrayList<>(stage.agent(service, "boot"));
    options.addAll(List.of("-Dweft.token=" + token, "-Dweft.service.account=boot"));
    if (row.container() == Container.EXTERNAL_TOMCAT) {
      return Tomcat.start(
          stage,
          service,
          jdk,
          row.boot().equals("2.7") ? TOMCAT_9 : target,
          target.resolve("app-container.war"),
          port,
          options);
    }
    options.addAll(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1"));
    if (row.container() == Container.TOMCAT) {
      options.addAll(List.of("-jar", fatJar(row.boot()).toString()));
    } else {
      options.addAll(List.of("-cp", classPath(target, row.container()), "app.App"));
    }
    options.add("--server.port=" + port);
    Child child = stage.start(service, jdk, options);
    child.awaitLog("Started App in");
    return child;
  }

  /** The application with Tomcat inside. */
  static Path fatJar(String boot) {
    return BOOT.resolve("boot-" + boot).resolve("target/app-exec.jar");
  }

  /** All libraries but those of other containers; each starter brings its own. */
  private static String classPath(Path target, Container container) throws IOException {
    String others =
        container == Container.JETTY
            ? "(spring-boot-(starter-)?tomcat|tomcat-embed-(core|websocket)|undertow-|xnio-).*"
            : "(spring-boot-(starter-)?tomcat|tomcat-embed-(core|websocket)|jetty-).*";
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      List<String> path = new ArrayList<>(List.of(target.resolve("app.jar").toString()));
      jars.filter(jar -> !jar.getFileName().toString().matches(others))
          .map(Path::toString)
          .sorted()
          .forEach(path::add);
      return String.join(":", path);
    }
  }
}
