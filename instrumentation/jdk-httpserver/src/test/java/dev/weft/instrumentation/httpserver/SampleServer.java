package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.testkit.InboundServer;
import dev.weft.testkit.ServerSignals;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The contract's sample application on the JDK's server, with a pool of threads. */
final class SampleServer implements InboundServer {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  SampleServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/").setHandler(this::handle);
  }

  /** A server that does everything on one thread, as it does when it is given no executor. */
  static SampleServer onOneThread() throws IOException {
    SampleServer made = new SampleServer();
    made.server.setExecutor(null);
    return made;
  }

  @Override
  public int start() {
    server.start();
    return server.getAddress().getPort();
  }

  @Override
  public void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    ServerSignals.give("called");
    String query = exchange.getRequestURI().getQuery();
    switch (exchange.getRequestURI().getPath()) {
      case "/headers" -> send(exchange, header(exchange, query));
      case "/status", "/error" -> {
        exchange.sendResponseHeaders(Integer.parseInt(query), -1);
        exchange.close();
      }
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> threads.execute(() -> late(exchange, query));
      case "/stream" -> stream(exchange, query);
      default -> echo(exchange);
    }
  }

  private static void echo(HttpExchange exchange) throws IOException {
    byte[] in = exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("X-Sample", "echo");
    send(exchange, "echo:" + new String(in, StandardCharsets.UTF_8));
  }

  private static String header(HttpExchange exchange, String name) {
    List<String> values = exchange.getRequestHeaders().get(name);
    List<String> listed = null;
    for (Map.Entry<String, List<String>> each : exchange.getRequestHeaders().entrySet()) {
      listed = each.getKey().equalsIgnoreCase(name) ? each.getValue() : listed;
    }
    String first = exchange.getRequestHeaders().getFirst(name);
    if (values == null && listed == null && first == null) {
      return "none";
    }
    return values == null || !values.equals(listed) || !values.get(0).equals(first)
        ? "differs"
        : String.join(",", values);
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static void late(HttpExchange exchange, String name) {
    try {
      ServerSignals.await("go-" + name);
      exchange.sendResponseHeaders(202, 4);
      exchange.getResponseBody().write("late".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      ServerSignals.give("broke-" + name);
    } finally {
      exchange.close();
    }
  }

  private static void stream(HttpExchange exchange, String name) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      while (!ServerSignals.poll("end-" + name)) {
        if (ServerSignals.poll("line-" + name)) {
          body.write("line\n".getBytes(StandardCharsets.UTF_8));
          body.flush();
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
