package dev.weft.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent in JVMs of its own, on every JDK that is here. */
@Timeout(120)
class AgentProcessIT {

  private static final String JAR = AgentJarIT.JAR.getPath();
  private static final Map<Integer, File> JDKS = Jdks.find();
  private static @TempDir Path directory;

  @BeforeAll
  static void compileTheApplications() throws Exception {
    compile(
        "Hello",
        """
        public class Hello {
          public static void main(String[] arguments) throws Exception {
            System.out.println("hello " + String.join(" ", arguments));
            System.err.println("loader " + ClassLoader.getSystemClassLoader().getParent());
            if (arguments.length > 1) {
              System.exit(Integer.parseInt(arguments[1]));
            }
          }
        }
        """);
    compile(
        "Fetch",
        """
        public class Fetch {
          public static void main(String[] urls) throws Exception {
            for (String url : urls) {
              java.net.HttpURLConnection connection =
                  (java.net.HttpURLConnection) new java.net.URL(url).openConnection();
              int status = connection.getResponseCode();
              java.io.InputStream body =
                  status < 400 ? connection.getInputStream() : connection.getErrorStream();
              java.util.Scanner text = new java.util.Scanner(body, "UTF-8").useDelimiter("\\\\A");
              System.out.println(status + " " + (text.hasNext() ? text.next() : ""));
              body.close();
            }
          }
        }
        """);
  }

  private static void compile(String name, String text) throws IOException {
    Path source = directory.resolve(name + ".java");
    Files.writeString(source, text);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "8", "-Xlint:-options", source.toString());
    assertThat(result).isZero();
  }

  static Stream<Integer> promised() {
    return Jdks.PROMISED.stream();
  }

  private static File java(int version) {
    File java = JDKS.get(version);
    assumeTrue(java != null, () -> "SKIPPED: no JDK " + version + " here, only " + JDKS);
    return requireNonNull(java);
  }

  @ParameterizedTest
  @MethodSource("promised")
  void anApplicationSaysWhatItSaidBeforeAndEndsAsItDid(int version) throws Exception {
    File java = java(version);
    Run bare = run(java, Map.of(), "-cp", directory.toString(), "Hello", "world", "7");
    Run agent =
        run(
            java,
            Map.of(),
            "-javaagent:" + JAR,
            "-cp",
            directory.toString(),
            "Hello",
            "world",
            "7");
    assertThat(agent.exit).isEqualTo(bare.exit).isEqualTo(7);
    assertThat(agent.out).isEqualTo(bare.out);
    assertThat(agent.weft()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("promised")
  void anUnreachableControlServerHoldsNothingUp(int version) throws Exception {
    Run agent =
        run(
            java(version),
            Map.of("WEFT_CONTROL_SERVER", "127.0.0.1:1", "WEFT_STATE_DIR", directory + "/state"),
            "-javaagent:" + JAR,
            "-cp",
            directory.toString(),
            "Hello");
    assertThat(agent.exit).isZero();
    assertThat(agent.out).isEqualTo("hello \n");
    assertThat(agent.weft()).allMatch(line -> line.contains("127.0.0.1:1"));
    assertThat(agent.millis).isLessThan(15_000);
  }

  @ParameterizedTest
  @MethodSource("promised")
  void aPolicyFileRoutesAnApplicationThatKnowsNothingOfIt(int version) throws Exception {
    File java = java(version);
    HttpServer one = answering("one");
    HttpServer two = answering("two");
    int admin = freePort();
    try {
      Path policy =
          Files.writeString(
              directory.resolve("policy" + version + ".yaml"),
              """
              apiVersion: networking.istio.io/v1
              kind: ServiceEntry
              metadata: {name: reviews}
              spec:
                hosts: [reviews.shop]
                ports: [{number: 80, name: http, protocol: HTTP}]
                resolution: STATIC
                endpoints:
                - {address: 127.0.0.1, ports: {http: %d}}
                - {address: 127.0.0.1, ports: {http: %d}}
              """
                  .formatted(one.getAddress().getPort(), two.getAddress().getPort()));
      List<String> line =
          new ArrayList<>(List.of("-javaagent:" + JAR, "-cp", directory.toString(), "Fetch"));
      line.addAll(Collections.nCopies(30, "http://reviews.shop/"));
      line.add("http://127.0.0.1:" + admin + "/adapters");
      line.add("http://127.0.0.1:" + admin + "/metrics");
      Run run =
          run(
              java,
              Map.of(
                  "WEFT_POLICY_FILE", policy.toString(), "WEFT_ADMIN_PORT", String.valueOf(admin)),
              line.toArray(new String[0]));
      assertThat(run.weft()).isEmpty();
      assertThat(run.exit).as(run.err).isZero();
      assertThat(run.out.lines().limit(30))
          .contains("200 one reviews.shop", "200 two reviews.shop")
          .allMatch(answer -> answer.matches("200 (one|two) reviews.shop"));
      assertThat(run.out)
          .contains("http-url-connection: applied in ")
          .contains("found client HttpURLConnection in the JDK: governed by http-url-connection");
      assertThat(run.out).contains("istio_requests_total");
    } finally {
      one.stop(0);
      two.stop(0);
    }
  }

  private static HttpServer answering(String name) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String host = exchange.getRequestHeaders().getFirst("Host");
          byte[] body = (name + " " + host).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @MethodSource("promised")
  void toolsOfTheJdkAreLeftAlone(int version) throws Exception {
    File java = java(version);
    // A setting that would be complained about if the agent read any.
    Map<String, String> everywhere =
        Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + JAR, "WEFT_NAMESPAC", "typo");
    String keytool = "sun.security.tools.keytool.Main";
    leftAlone(
        version < 9
            ? run(java, everywhere, keytool, "-help")
            : run(java, everywhere, "-m", "java.base/" + keytool, "-help"));
    File bin = java.getCanonicalFile().getParentFile();
    for (List<String> tool :
        List.of(
            List.of("keytool", "-help"),
            List.of("jar", "tf", JAR),
            List.of("javac", "-version"),
            List.of("jps"),
            List.of("jcmd", "-l"))) {
      File command = tool(bin, tool.get(0));
      if (command != null) {
        leftAlone(run(command, everywhere, tool.subList(1, tool.size()).toArray(new String[0])));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("promised")
  void anApplicationThatIsRunFromItsSourceIsNoTool(int version) throws Exception {
    File java = java(version);
    assumeTrue(version >= 11, "SKIPPED: runs no source file");
    Map<String, String> typo = Map.of("WEFT_NAMESPAC", "typo");
    Run run =
        run(java, typo, "-javaagent:" + JAR, directory.resolve("Hello.java").toString(), "x", "7");
    assertThat(run.weft()).as("what the agent complains about").isNotEmpty();
  }

  private static void leftAlone(Run run) {
    assertThat(run.weft()).isEmpty();
    assertThat(run.exit).as(run.err).isZero();
    assertThat(run.err).doesNotContain("Sharing is only supported");
  }

  private static @Nullable File tool(File bin, String name) {
    for (File place : new File[] {bin, new File(bin.getParentFile().getParentFile(), "bin")}) {
      File command = new File(place, name);
      if (command.canExecute()) {
        return command;
      }
    }
    return null;
  }

  @Test
  void aSecondAgentIsOneLineAndNothingElse() throws Exception {
    Path copy = directory.resolve("copy of the agent.jar");
    Files.copy(Path.of(JAR), copy);
    Run run =
        run(
            java(17),
            Map.of(),
            "-javaagent:" + JAR,
            "-javaagent:" + copy,
            "-javaagent:" + JAR,
            "-cp",
            directory.toString(),
            "Hello");
    assertThat(run.exit).isZero();
    assertThat(run.out).isEqualTo("hello \n");
    assertThat(run.weft()).hasSize(2).allMatch(line -> line.contains("runs already"));
  }

  @Test
  void aJarWithoutTheAgentInItIsOneLine() throws Exception {
    Path broken = directory.resolve("broken.jar");
    try (JarFile in = new JarFile(JAR);
        JarOutputStream out =
            new JarOutputStream(new FileOutputStream(broken.toFile()), in.getManifest())) {
      for (JarEntry entry : Collections.list(in.entries())) {
        if (entry.getName().startsWith("dev/weft/") && !entry.isDirectory()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          in.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
    Run run =
        run(
            java(17),
            Map.of(),
            "-javaagent:" + broken,
            "-cp",
            directory.toString(),
            "Hello",
            "x",
            "3");
    assertThat(run.exit).isEqualTo(3);
    assertThat(run.out).isEqualTo("hello x 3\n");
    assertThat(run.weft())
        .singleElement()
        .asString()
        .contains("could not start, the application runs without it")
        .contains("AgentStart");
  }

  @Test
  void enabledFalseSwitchesItOff() throws Exception {
    for (String argument : List.of("=enabled=false,namespac=x", "=namespac=x,enabled=FALSE")) {
      Run run =
          run(
              java(17),
              Map.of(),
              "-javaagent:" + JAR + argument,
              "-cp",
              directory.toString(),
              "Hello");
      assertThat(run.weft()).isEmpty();
      assertThat(run.exit).isZero();
    }
  }

  @Test
  void anUnknownSettingIsOneLine() throws Exception {
    Run run =
        run(
            java(17),
            Map.of("WEFT_SERVICE_NAM", "x"),
            "-javaagent:" + JAR,
            "-cp",
            directory.toString(),
            "Hello");
    assertThat(run.weft())
        .containsExactly(
            "[weft] unknown setting WEFT_SERVICE_NAM (closest known: WEFT_SERVICE_NAME)");
  }

  private static Run run(File command, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(command.getPath());
    line.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().keySet().removeIf(name -> name.startsWith("WEFT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    File out = Files.createTempFile(directory, "out", "").toFile();
    File err = Files.createTempFile(directory, "err", "").toFile();
    long start = System.nanoTime();
    Process process = builder.redirectOutput(out).redirectError(err).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(line.toString()).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(
        process.exitValue(),
        Files.readString(out.toPath()),
        Files.readString(err.toPath()),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private record Run(int exit, String out, String err, long millis) {
    /** What the agent said. */
    List<String> weft() {
      return err.lines().filter(line -> line.startsWith("[weft]")).collect(Collectors.toList());
    }
  }
}
