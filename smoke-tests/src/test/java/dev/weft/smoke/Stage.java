package dev.weft.smoke;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A control server and the services around it, for one test; everything ends with it. */
final class Stage implements AutoCloseable {

  static final Path HOME = Path.of(System.getProperty("weft.home", ".."));
  static final Path AGENT = HOME.resolve("agent/dist/target/weft-agent.jar");
  static final Path WEFT = HOME.resolve("control-server/app/target/weft.jar");
  static final Path PROBE = HOME.resolve("smoke-tests/probe/target/probe.jar");

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          // An offer to upgrade to HTTP/2 is a header that proxies hand on.
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final List<Child> children = new ArrayList<>();
  private final Path directory;
  private final int controlPort;
  private final boolean secure;
  private final List<String> serverOptions;
  private @Nullable Child control;

  /** Whom the control server lets in: those who show a token, or everybody. */
  private Stage(boolean secure, String... serverOptions) throws IOException {
    this.secure = secure;
    this.serverOptions = new ArrayList<>(List.of(serverOptions));
    if (!secure) {
      this.serverOptions.add("--insecure");
    }
    directory = Files.createTempDirectory("weft-smoke");
    controlPort = freePort();
  }

  Stage() throws IOException {
    this(false);
  }

  /** With a running control server that asks who is calling. */
  static Stage withSecureControlServer(String... options) throws Exception {
    Stage stage = new Stage(true, options);
    stage.startControlServer();
    return stage;
  }

  /** With a running control server. */
  static Stage withControlServer(String... options) throws Exception {
    Stage stage = new Stage(false, options);
    stage.startControlServer();
    return stage;
  }

  int controlPort() {
    return controlPort;
  }

  Path directory() {
    return directory;
  }

  void startControlServer() throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xmx256m",
                "-jar",
                WEFT.toString(),
                "server",
                "--port",
                Integer.toString(controlPort),
                "--data-dir",
                data().toString()));
    arguments.addAll(serverOptions);
    Child server = start("control-server", Jdk.current(), arguments);
    control = server;
    Await.until(
        "control server ready: " + server.log(),
        () -> server.isAlive() && status(controlUri("/readyz")) == 200);
  }

  void killControlServer() throws Exception {
    if (control != null) {
      control.kill();
    }
  }

  Child start(String name, Jdk jdk, List<String> arguments) throws IOException {
    return start(name, jdk, arguments, Map.of());
  }

  Child start(String name, Jdk jdk, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Child child = Child.start(name, jdk, arguments, environment);
    children.add(child);
    return child;
  }

  /** The options that put the agent into a JVM as this service. */
  List<String> agent(String service, String version) {
    return List.of(
        "-javaagent:" + AGENT,
        "-Dweft.control.server=127.0.0.1:" + controlPort,
        "-Dweft.service.name=" + service,
        "-Dweft.labels=app=" + service + ",version=" + version,
        "-Dweft.instance.address=127.0.0.1",
        "-Dweft.admin.port=0",
        "-Dweft.state.dir=" + directory.resolve("state-" + service + "-" + version));
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** A join token, made by the command line as an operator does it. */
  String token(String namespace, String serviceAccount, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-jar",
                WEFT.toString(),
                "token",
                "create",
                "--server",
                "http://127.0.0.1:" + controlPort,
                "--namespace",
                namespace,
                "--service-account",
                serviceAccount,
                "--ttl",
                "1h"));
    arguments.addAll(List.of(more));
    Child command = start("token", Jdk.current(), arguments, Map.of("WEFT_TOKEN", adminToken()));
    if (command.awaitExit() != 0) {
      throw new AssertionError("token create: " + command.log());
    }
    return command.awaitLog("(weft-join\\.\\S+)");
  }

  private String adminToken() throws IOException {
    return Files.readString(data().resolve("admin-token")).strip();
  }

  /** A probe with the agent and an identity. */
  Probe secureProbe(
      Jdk jdk, String service, String version, String account, String token, String... more)
      throws Exception {
    List<String> options =
        new ArrayList<>(List.of("-Dweft.token=" + token, "-Dweft.service.account=" + account));
    options.addAll(List.of(more));
    return probe(jdk, service, version, options.toArray(new String[0]));
  }

  /** A probe without agent. */
  Probe bareProbe(String name) throws Exception {
    Child child = start(name, Jdk.current(), List.of("-Xmx128m", "-jar", PROBE.toString(), name));
    return new Probe(child, Integer.parseInt(child.awaitLog("listening (\\d+)")));
  }

  /** A probe with the agent, known to the mesh as {@code service}; it answers with its version. */
  Probe probe(Jdk jdk, String service, String version, String... more) throws Exception {
    // Without it the JDK's server answers each request of a kept connection 40 ms late.
    List<String> arguments =
        new ArrayList<>(List.of("-Xmx128m", "-Dsun.net.httpserver.nodelay=true"));
    arguments.addAll(agent(service, version));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("-jar", PROBE.toString(), version));
    Child child = start(service + "-" + version + "-java" + jdk.version(), jdk, arguments);
    return new Probe(child, Integer.parseInt(child.awaitLog("listening (\\d+)")));
  }

  /** Waits until this many instances of the service are ready. */
  void awaitInstances(String service, int count) throws Exception {
    Await.until(
        count + " ready instances of " + service + " in /v1/workloads",
        () -> {
          String workloads =
              (secure
                      ? get(controlUri("/v1/workloads"), "authorization", "Bearer " + adminToken())
                      : get(controlUri("/v1/workloads")))
                  .body();
          return count(workloads, "\"service\"\\s*:\\s*\"" + service + "\"") == count
              && count(workloads, "STARTING") == 0;
        });
  }

  private static int count(String text, String regex) {
    return (int) java.util.regex.Pattern.compile(regex).matcher(text).results().count();
  }

  /** Applies YAML; fails the test when it is refused. */
  void apply(String yaml) throws Exception {
    HttpResponse<String> response = tryApply(yaml);
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError("refused: " + response.statusCode() + " " + response.body());
    }
  }

  HttpResponse<String> tryApply(String yaml) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(controlUri("/apply"))
            .header("content-type", "application/yaml")
            .POST(HttpRequest.BodyPublishers.ofString(yaml));
    if (secure) {
      request.header("authorization", "Bearer " + adminToken());
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  URI controlUri(String path) {
    return URI.create("http://127.0.0.1:" + controlPort + path);
  }

  /** {@code headers}: name, value, name, value. */
  static HttpResponse<String> get(URI uri, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** 0 when there is no answer. */
  static int status(URI uri) throws Exception {
    try {
      return get(uri).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
  }

  /** A running probe. */
  record Probe(Child child, int port) {

    String get(String pathAndQuery) throws Exception {
      return Stage.get(URI.create("http://127.0.0.1:" + port + pathAndQuery)).body();
    }

    /** Lets the probe call {@code url}: status, a space, and the body; or {@code exception ...}. */
    String call(String client, String url, String... more) throws Exception {
      return get(query("/call", client, url, more));
    }

    /** Lets the probe call many times: how often each answer came. */
    Map<String, Integer> load(String client, String url, int count, String... more)
        throws Exception {
      Map<String, Integer> answers = new TreeMap<>();
      for (String line : get(query("/load", client, url, more) + "&count=" + count).split("\n")) {
        int space = line.indexOf(' ');
        answers.put(line.substring(space + 1), Integer.parseInt(line.substring(0, space)));
      }
      return answers;
    }

    /** {@code more}: further parameters as {@code name=value}. */
    private static String query(String path, String client, String url, String... more) {
      StringBuilder query =
          new StringBuilder(path)
              .append("?client=")
              .append(client)
              .append("&url=")
              .append(enc(url));
      for (String parameter : more) {
        int equals = parameter.indexOf('=');
        query
            .append('&')
            .append(parameter, 0, equals + 1)
            .append(enc(parameter.substring(equals + 1)));
      }
      return query.toString();
    }

    private static String enc(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }
}
