package dev.weft.control.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** What the demo does, in order. The policies are files beside this class. */
final class Demo {

  private static final long START_SECONDS = 120;
  private static final String CUSTOMER = "customer";
  private static final String TESTER = "tester";

  private final DemoFiles files;
  private final Screen screen;
  private final int seconds;
  private final int rate;
  private final HttpClient http = HttpClient.newHttpClient();

  Demo(DemoFiles files, Screen screen, int seconds, int rate) {
    this.files = files;
    this.screen = screen;
    this.seconds = seconds;
    this.rate = rate;
  }

  /** Runs the demo; returns the exit code. */
  int run(boolean keep) throws IOException, InterruptedException {
    try (Processes processes = new Processes()) {
      Thread stop = new Thread(processes::close, "demo-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      try {
        return run(processes, keep);
      } catch (DemoFailure e) {
        screen.line("The demo failed: " + e.getMessage());
        return 1;
      } finally {
        removeHook(stop);
      }
    }
  }

  private int run(Processes processes, boolean keep) throws IOException, InterruptedException {
    int control = Processes.freePort();
    int storefront = Processes.freePort();
    Traffic traffic = new Traffic(storefront);

    screen.line("Logs are in " + processes.directory() + " while the demo runs.");
    startControlServer(processes, control);
    startServices(processes, control, storefront);
    awaitReady(
        processes,
        "storefront, reviews and ratings",
        () -> traffic.send(1, CUSTOMER).status() == 200);

    screen.step(
        "1. Canary: 90 % of the calls to http://reviews go to version 1, 10 % to version 2");
    apply(control, "canary.yaml");
    send(traffic, i -> CUSTOMER);

    screen.step(
        "2. Header routing: who sends 'x-user: tester' sees version 2, all others version 1");
    apply(control, "header.yaml");
    send(traffic, i -> i % 2 == 0 ? TESTER : CUSTOMER);

    screen.step("3. Fault: half of the calls from reviews v2 to http://ratings are answered 503");
    apply(control, "fault.yaml");
    send(traffic, i -> CUSTOMER);

    screen.step("4. The same fault, and the storefront's calls to reviews are retried on 5xx");
    apply(control, "retries.yaml");
    send(traffic, i -> CUSTOMER);

    screen.line("");
    screen.line("No application was changed: see demo/*/src, and 'mvn dependency:tree' of each.");
    if (keep) {
      stay(control, storefront);
    }
    return 0;
  }

  private void startControlServer(Processes processes, int port)
      throws IOException, InterruptedException {
    processes.java(
        "control-server",
        List.of(
            "-Xmx256m",
            "-jar",
            files.weft().toString(),
            "server",
            "--insecure",
            "--port",
            Integer.toString(port),
            "--data-dir",
            processes.directory().resolve("data").toString()));
    awaitReady(
        processes,
        "control server",
        () -> status(HttpRequest.newBuilder(uri(port, "/readyz")).build()) == 200);
  }

  private void startServices(Processes processes, int control, int storefront) throws IOException {
    startService(processes, control, "ratings", "v1", 0);
    startService(processes, control, "reviews", "v1", 0);
    startService(processes, control, "reviews", "v2", 0);
    startService(processes, control, "storefront", "v1", storefront);
  }

  private void startService(
      Processes processes, int control, String service, String version, int port)
      throws IOException {
    processes.java(
        service + "-" + version,
        List.of(
            "-Xmx256m",
            "-javaagent:" + files.agent(),
            "-Dweft.control.server=127.0.0.1:" + control,
            "-Dweft.service.name=" + service,
            "-Dweft.labels=app=" + service + ",version=" + version,
            "-Dweft.instance.address=127.0.0.1",
            "-Dweft.state.dir=" + processes.directory().resolve(service + "-" + version),
            "-jar",
            files.service(service).toString(),
            "--server.port=" + port,
            "--VERSION=" + version));
  }

  /** A condition that is asked again and again. */
  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void awaitReady(Processes processes, String what, Condition condition)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!holds(condition)) {
      String ended = processes.ended();
      if (!ended.isEmpty()) {
        throw new DemoFailure(ended);
      }
      double waited = (System.nanoTime() - start) / 1e9;
      if (waited > START_SECONDS) {
        throw new DemoFailure(what + ": not ready after " + START_SECONDS + " s");
      }
      screen.progress(String.format(Locale.ROOT, "starting %s ... %.0f s", what, waited));
      TimeUnit.MILLISECONDS.sleep(200);
    }
    screen.line(
        String.format(
            Locale.ROOT, "started %s in %.1f s", what, (System.nanoTime() - start) / 1e9));
  }

  private static boolean holds(Condition condition) throws InterruptedException {
    try {
      return condition.holds();
    } catch (IOException e) {
      return false;
    }
  }

  private void apply(int control, String file) throws IOException, InterruptedException {
    String policy = policy(file);
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri(control, "/apply"))
                .header("content-type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(policy))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new DemoFailure(
          file + " was refused: " + response.statusCode() + " " + response.body());
    }
    for (String line : policy.strip().split("\n")) {
      screen.line("   | " + line);
    }
  }

  private static String policy(String file) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new DemoFailure(file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Sends traffic at the chosen rate after the policy had a moment to arrive. */
  private void send(Traffic traffic, IntFunction<String> user) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(500);
    Tally tally = new Tally();
    long start = System.nanoTime();
    int requests = seconds * rate;
    for (int i = 0; i < requests; i++) {
      long due = start + i * 1_000_000_000L / rate - System.nanoTime();
      if (due > 0) {
        TimeUnit.NANOSECONDS.sleep(due);
      }
      String who = user.apply(i);
      tally.add(who, traffic.send(i % 20, who));
      if (i % 5 == 0) {
        screen.progress("   " + tally.summary());
      }
    }
    tally.table().forEach(screen::line);
  }

  private void stay(int control, int storefront) throws InterruptedException {
    screen.line("");
    screen.line("Running until Ctrl-C. Try:");
    screen.line("   curl -H 'x-user: tester' http://127.0.0.1:" + storefront + "/books/1");
    String server = " --server http://127.0.0.1:" + control;
    screen.line("   bin/weft status" + server);
    screen.line("   bin/weft get virtualservices" + server);
    screen.line("   bin/weft explain --from storefront http://reviews/reviews/1" + server);
    new CountDownLatch(1).await();
  }

  private int status(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static void removeHook(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException ignored) {
      // The JVM is going down already: the hook does the cleaning.
    }
  }

  /** Why the demo cannot go on, for the person who runs it. */
  static final class DemoFailure extends IOException {
    private static final long serialVersionUID = 1L;

    DemoFailure(String message) {
      super(message);
    }
  }
}
