package dev.weft.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.weft.bootstrap.Mesh;
import dev.weft.engine.EngineView;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The admin endpoint on loopback, on the JDK's own HTTP server. One thread listens, another comes
 * when something is asked and goes after ten idle seconds.
 *
 * <p>Its handler is a class of the agent, by which the adapter of that server knows to leave it
 * alone.
 */
public final class AdminServer implements AutoCloseable {

  /** How many ports after the wanted one are tried when it is taken. */
  private static final int TRIES = 20;

  private static final int MAX_PORT = 65535;

  private final HttpServer server;
  private final ThreadPoolExecutor threads;

  private AdminServer(HttpServer server, ThreadPoolExecutor threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts it. Takes a few milliseconds and loads classes: not for the start path. Never throws;
   * what goes wrong is told in one line.
   *
   * @param port the one wanted, the next free one is taken; 0 for none
   * @param ready whether the instance is ready to be called
   * @param adapters one line for each
   * @param certificates who we are and whom we trust, as plain data
   * @return null when it is off or cannot be had
   */
  public static @Nullable AdminServer start(
      int port,
      Telemetry telemetry,
      EngineView engine,
      BooleanSupplier ready,
      Supplier<List<String>> adapters,
      Supplier<?> certificates,
      Consumer<String> log) {
    if (port == 0) {
      return null;
    }
    try {
      return start(port, new AdminPages(telemetry, engine, ready, adapters, certificates), log);
    } catch (LinkageError e) {
      log.accept("admin endpoint is off: this JVM has no module jdk.httpserver");
    } catch (IOException | RuntimeException e) {
      log.accept("admin endpoint is off: " + e.getMessage());
    }
    return null;
  }

  private static AdminServer start(int port, AdminPages pages, Consumer<String> log)
      throws IOException {
    HttpServer server = bind(port);
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(100), AdminServer::daemon);
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    server.createContext("/", new Handler(pages));
    // The server's dispatcher thread inherits from the one that starts it.
    Thread starter = daemon(server::start);
    starter.start();
    try {
      starter.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    AdminServer started = new AdminServer(server, threads);
    if (started.port() != port) {
      log.accept("admin endpoint is on port " + started.port() + ", " + port + " is taken");
    }
    return started;
  }

  private static HttpServer bind(int wanted) throws IOException {
    BindException taken = null;
    for (int port = wanted; port < wanted + TRIES && port <= MAX_PORT; port++) {
      try {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
      } catch (BindException e) {
        taken = e;
      }
    }
    throw new IOException(
        "no free port from " + wanted + " on: " + (taken == null ? "" : taken.getMessage()));
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(null, task, "weft-admin");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  /** The port that was really bound. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  /** A named class of the agent's loader, see the class comment. */
  private static final class Handler implements HttpHandler {
    private final AdminPages pages;

    Handler(AdminPages pages) {
      this.pages = pages;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
      try {
        reply(exchange, pages);
      } catch (RuntimeException e) {
        Mesh.problem("admin endpoint", e);
      } finally {
        exchange.close();
      }
    }

    private static void reply(HttpExchange exchange, AdminPages pages) throws IOException {
      AdminPages.Reply reply =
          pages.show(exchange.getRequestURI().getPath(), exchange.getRequestURI().getRawQuery());
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", reply.type);
      exchange.sendResponseHeaders(reply.status, head ? -1 : reply.body.length);
      if (!head) {
        exchange.getResponseBody().write(reply.body);
      }
    }
  }
}
