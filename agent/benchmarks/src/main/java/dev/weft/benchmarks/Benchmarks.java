package dev.weft.benchmarks;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs everything and prints one table: {@code java -jar benchmarks.jar HOME [ROUNDS [PART...]]}.
 * Bare and agent take turns within each round, so that a machine whose speed drifts changes both.
 */
public final class Benchmarks {

  private static final double WINDOW_SECONDS = 4;

  private final Path home;
  private final int rounds;

  /** {@code decision}, {@code start}, {@code hops}, {@code tls}; empty for all. */
  private final List<String> only;

  private final Table table = new Table();

  private Benchmarks(Path home, int rounds, List<String> only) {
    this.home = home;
    this.rounds = rounds;
    this.only = only;
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath().normalize();
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
    List<String> only = args.length > 2 ? List.of(args).subList(2, args.length) : List.of();
    new Benchmarks(home, rounds, only).run();
  }

  private void run() throws Exception {
    table.head();
    if (wanted("decision")) {
      decision();
    }
    if (wanted("start")) {
      trivialMain();
      springBootStart();
    }
    if (wanted("hops")) {
      serverHop();
      clientAndServerHop();
    }
    if (wanted("tls")) {
      mutualTls();
    }
    table.single(
        "jar size",
        String.format(Locale.ROOT, "%.1f MB", Files.size(agentJar()) / 1048576.0),
        "<= 12 MB");
  }

  private boolean wanted(String part) {
    return only.isEmpty() || only.contains(part);
  }

  private void decision() throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(DecisionBenchmark.class.getSimpleName())
                    .addProfiler(GCProfiler.class)
                    .warmupIterations(5)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .forks(2)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    for (RunResult result : results) {
      String allocated =
          String.format(
              Locale.ROOT,
              "%.0f B",
              requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore());
      table.single(
          "decision: " + result.getParams().getBenchmark().replaceAll(".*\\.", ""),
          String.format(Locale.ROOT, "%.0f ns %s", result.getPrimaryResult().getScore(), allocated),
          "<= 500 ns, 250 B");
    }
  }

  private void trivialMain() throws Exception {
    List<String> main = List.of("-cp", trivialClassPath().toString(), TrivialMain.class.getName());
    Paired pair = new Paired();
    for (int i = 0; i < rounds + 1; i++) {
      double bare = Jvm.cpuOfWholeRun(main);
      double agent = Jvm.cpuOfWholeRun(with(agentOptions(1, "trivial"), main));
      if (i > 0) { // the first round fills the page cache
        pair.add(bare, agent);
      }
    }
    table.difference("start: trivial main, CPU", pair, " s", "<= +0.3 s");
  }

  /** A folder with that one class: in this jar it would stand beside classes of the agent. */
  private static Path trivialClassPath() throws IOException {
    Path folder = Files.createTempDirectory("weft-benchmark");
    String file = TrivialMain.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(folder.resolve(file).getParent());
    try (java.io.InputStream in =
        requireNonNull(Benchmarks.class.getClassLoader().getResourceAsStream(file))) {
      Files.copy(in, folder.resolve(file));
    }
    return folder;
  }

  private void springBootStart() throws Exception {
    try (Mesh mesh = new Mesh()) {
      Paired pair = new Paired();
      for (int i = 0; i < rounds; i++) {
        double bare = startStorefront(List.of());
        double agent = startStorefront(agentOptions(mesh.port, "storefront"));
        pair.add(bare, agent);
      }
      table.ratio("start: Spring Boot 3.5 until it answers, CPU", pair, " s", "<= 1.10");
    }
  }

  private double startStorefront(List<String> options) throws Exception {
    int port = freePort();
    String jar = home.resolve("demo/storefront/target/storefront.jar").toString();
    try (Jvm jvm = Jvm.start(with(options, List.of("-jar", jar, "--server.port=" + port)))) {
      awaitAnswer(port, "/actuator-like-404");
      return jvm.cpuSeconds();
    }
  }

  private void serverHop() throws Exception {
    String jar = home.resolve("demo/ratings/target/ratings.jar").toString();
    try (Mesh mesh = new Mesh();
        Side bare = new Side(List.of(), jar);
        Side agent = new Side(agentOptions(mesh.port, "ratings"), jar)) {
      awaitAnswer(bare.port, "/ratings/1");
      awaitAnswer(agent.port, "/ratings/1");
      compare("server hop (Spring MVC on Tomcat)", bare, "/ratings/1", agent, "/ratings/1", "1.05");
      Paired heap = new Paired();
      heap.add(bare.jvm.liveHeapMegabytes(), agent.jvm.liveHeapMegabytes());
      table.difference("live heap after load (Spring MVC)", heap, " MB", "<= +4 MB");
      Paired rss = new Paired();
      rss.add(bare.jvm.rssMegabytes(), agent.jvm.rssMegabytes());
      table.difference("resident memory after load (Spring MVC)", rss, " MB", "");
    }
  }

  private void clientAndServerHop() throws Exception {
    String probe = home.resolve("smoke-tests/probe/target/probe.jar").toString();
    for (String client : List.of("hc4", "okhttp", "huc", "jdk")) {
      try (Mesh mesh = new Mesh();
          Side backend = new Side(agentOptions(mesh.port, "backend"), probe);
          Side bare = new Side(List.of(), probe);
          Side agent = new Side(agentOptions(mesh.port, "caller"), probe)) {
        mesh.apply(DecisionBenchmark.POLICY);
        String call = "/call?client=" + client + "&url=http://";
        compare(
            "client+server hop (" + client + ", httpserver)",
            bare,
            call + "127.0.0.1:" + backend.port + "/hello",
            agent,
            call + "backend/hello",
            "1.08");
      }
    }
  }

  /** The agent's mutual TLS against the JDK's, set up by hand in the same programs. */
  private void mutualTls() throws Exception {
    String probe = home.resolve("smoke-tests/probe/target/probe.jar").toString();
    List<String> byHand = HandmadeTls.options();
    for (String client : List.of("huc", "jdk")) {
      try (Mesh mesh = new Mesh(true);
          Side handBackend = new Side(with(byHand, List.of("-Dprobe.tls=true")), probe);
          Side hand = new Side(byHand, probe);
          Side agentBackend = new Side(mesh.identity("backend"), probe);
          Side agent = new Side(mesh.identity("caller"), probe)) {
        String call = "/call?client=" + client + "&url=";
        String handPath = call + "https://localhost:" + handBackend.port + "/hello";
        String agentPath = call + "http://backend/hello";
        mesh.awaitMutualTls(agent, agentPath.replace("/hello", "/headers"));
        compare(
            "mTLS hop (" + client + ", httpserver), both ends",
            new Ends(hand, handBackend),
            handPath,
            new Ends(agent, agentBackend),
            agentPath,
            "1.1 of TLS by hand");
        if (client.equals("huc")) {
          String closing = "&header=connection:close";
          compare(
              "mTLS hop (huc), a handshake per request",
              new Ends(hand, handBackend),
              handPath + closing,
              new Ends(agent, agentBackend),
              agentPath + closing,
              "1.1 of TLS by hand");
          Paired heap = new Paired();
          heap.add(handBackend.jvm.liveHeapMegabytes(), agentBackend.jvm.liveHeapMegabytes());
          table.difference("live heap after mTLS load (server)", heap, " MB", "");
          Paired rss = new Paired();
          rss.add(handBackend.jvm.rssMegabytes(), agentBackend.jvm.rssMegabytes());
          table.difference("resident memory after mTLS load (server)", rss, " MB", "");
        }
      }
    }
  }

  private void compare(
      String what, Side bare, String barePath, Side agent, String agentPath, String target)
      throws Exception {
    compare(what, new Ends(bare, null), barePath, new Ends(agent, null), agentPath, target);
  }

  private void compare(
      String what, Ends bare, String barePath, Ends agent, String agentPath, String target)
      throws Exception {
    Load.run(bare.front.port, barePath, 2 * WINDOW_SECONDS);
    Load.run(agent.front.port, agentPath, 2 * WINDOW_SECONDS);
    Paired cpu = new Paired();
    Paired throughput = new Paired();
    for (int i = 0; i < rounds; i++) {
      double[] a = window(bare, barePath);
      double[] b = window(agent, agentPath);
      cpu.add(a[0], b[0]);
      throughput.add(a[1], b[1]);
    }
    table.ratio(what + ", CPU/request", cpu, " us", "<= " + target);
    table.ratio(what + ", requests/s", throughput, "", "");
  }

  /** CPU microseconds a request, and requests a second. */
  private static double[] window(Ends ends, String path) throws Exception {
    double before = ends.cpuSeconds();
    long start = System.nanoTime();
    long count = Load.run(ends.front.port, path, WINDOW_SECONDS);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new double[] {(ends.cpuSeconds() - before) / count * 1e6, count / seconds};
  }

  private List<String> agentOptions(int control, String service) throws IOException {
    return List.of(
        "-javaagent:" + agentJar(),
        "-Dweft.control.server=127.0.0.1:" + control,
        "-Dweft.service.name=" + service,
        "-Dweft.instance.address=127.0.0.1",
        "-Dweft.state.dir=" + Files.createTempDirectory("weft-benchmark"));
  }

  private Path agentJar() {
    return home.resolve("agent/dist/target/weft-agent.jar");
  }

  private static List<String> with(List<String> options, List<String> rest) {
    List<String> all = new ArrayList<>(options);
    all.addAll(rest);
    return all;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Any HTTP answer counts: the application is up. */
  private static void awaitAnswer(int port, String path) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      try {
        connection.getResponseCode();
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(20_000_000);
      }
    }
    throw new IllegalStateException("nothing answers on port " + port);
  }

  /**
   * What takes turns: the process that gets the load, and the one behind it where its CPU counts,
   * too.
   */
  private record Ends(Side front, @Nullable Side back) {
    double cpuSeconds() throws IOException {
      return front.jvm.cpuSeconds() + (back == null ? 0 : back.jvm.cpuSeconds());
    }
  }

  /** One of the two processes that take turns. */
  private static final class Side implements AutoCloseable {
    final int port;
    final Jvm jvm;

    Side(List<String> options, String jar) throws IOException {
      port = freePort();
      boolean probe = jar.endsWith("probe.jar");
      jvm =
          Jvm.start(
              with(
                  with(List.of("-Xmx256m", "-Dsun.net.httpserver.nodelay=true"), options),
                  probe
                      ? List.of("-jar", jar, "backend", Integer.toString(port))
                      : List.of("-jar", jar, "--server.port=" + port)));
      if (probe) {
        jvm.awaitLog("listening (\\d+)");
      }
    }

    @Override
    public void close() {
      jvm.close();
    }
  }

  /** A control server of its own. */
  private final class Mesh implements AutoCloseable {
    final int port = freePort();
    private final Jvm jvm;
    private final Path data = Files.createTempDirectory("weft-benchmark");
    private final String weft = home.resolve("control-server/app/target/weft.jar").toString();

    Mesh() throws IOException {
      this(false);
    }

    /**
     * @param secure whether services have an identity
     */
    Mesh(boolean secure) throws IOException {
      List<String> server =
          List.of(
              "-Xmx256m",
              "-jar",
              weft,
              "server",
              "--port",
              Integer.toString(port),
              "--data-dir",
              data.toString());
      jvm = Jvm.start(secure ? server : with(server, List.of("--insecure")));
      awaitAnswer(port, "/readyz");
    }

    /** The options that give a service the agent and an identity. */
    List<String> identity(String service) throws IOException {
      try (Jvm command =
          Jvm.start(
              List.of(
                  "-jar",
                  weft,
                  "token",
                  "create",
                  "--server",
                  "http://127.0.0.1:" + port,
                  "--token",
                  Files.readString(data.resolve("admin-token")).strip(),
                  "--namespace",
                  "default",
                  "--service-account",
                  service,
                  "--ttl",
                  "1h"))) {
        String token = command.awaitLog("(weft-join\\.\\S+)");
        return with(
            agentOptions(port, service),
            List.of("-Dweft.token=" + token, "-Dweft.service.account=" + service));
      }
    }

    /** Until calls of {@code side} arrive with its certificate. */
    void awaitMutualTls(Side side, String path) throws Exception {
      URI uri = URI.create("http://127.0.0.1:" + side.port + path);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (System.nanoTime() < end) {
        String answer =
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        if (answer.contains("URI=spiffe://")) {
          return;
        }
        LockSupport.parkNanos(100_000_000);
      }
      throw new IllegalStateException("no mutual TLS at " + uri);
    }

    void apply(String yaml) throws Exception {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/apply"))
                      .header("content-type", "application/yaml")
                      .POST(HttpRequest.BodyPublishers.ofString(yaml))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(response.body());
      }
    }

    @Override
    public void close() {
      jvm.close();
    }
  }
}
