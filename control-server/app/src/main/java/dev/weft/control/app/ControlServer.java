package dev.weft.control.app;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.weft.control.core.Admission;
import dev.weft.control.core.AgentBoard;
import dev.weft.control.core.DesiredState;
import dev.weft.control.core.JwksSource;
import dev.weft.control.core.TrustSource;
import dev.weft.control.push.PushHttp;
import dev.weft.control.push.PushService;
import dev.weft.control.registry.LeasedRegistry;
import dev.weft.control.registry.SystemScheduler;
import dev.weft.control.rest.RestApi;
import dev.weft.control.store.H2Store;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** How the rooms fit together: a store, what is made of it, and one port that serves it. */
final class ControlServer implements AutoCloseable {

  private final H2Store store;
  private final SystemScheduler scheduler;
  private final RestApi rest;
  private final PushService push;
  private final Server server;

  private ControlServer(
      H2Store store, SystemScheduler scheduler, RestApi rest, PushService push, Server server) {
    this.store = store;
    this.scheduler = scheduler;
    this.rest = rest;
    this.push = push;
    this.server = server;
  }

  /**
   * @param port 0: any free one, see {@link #port()}
   */
  record Settings(String bind, int port, Path dataDirectory) {
    Settings {
      requireNonNull(bind, "bind");
      requireNonNull(dataDirectory, "dataDirectory");
    }
  }

  /** Opens the store and serves it; everything is closed again when the port cannot be had. */
  static ControlServer start(Settings settings) {
    H2Store store = H2Store.open(settings.dataDirectory());
    SystemScheduler scheduler = new SystemScheduler();
    try {
      Clock clock = Clock.systemUTC();
      LeasedRegistry registry =
          new LeasedRegistry(LeasedRegistry.Settings.DEFAULTS, scheduler, store);
      DesiredState desired =
          new DesiredState(store, registry, TrustSource.none("cluster.local"), JwksSource.NONE);
      AgentBoard board = new AgentBoard(clock);
      Admission admission = new Admission(store, clock);
      RestApi rest =
          new RestApi(
              new RestApi.Core(store, admission, registry, desired, board, clock), Version.text());
      ServerBuilder builder =
          Server.builder()
              .http(new InetSocketAddress(settings.bind(), settings.port()))
              // One long request (a watch, a stream) must not hold up the end of the process.
              // What was refused is told to who asked; an operator's log is not for that.
              .unloggedExceptionsReportInterval(Duration.ZERO)
              .gracefulShutdownTimeout(Duration.ofMillis(100), Duration.ofSeconds(3));
      rest.mount(builder);
      // The stream to the agents: same server, same port. Pings tell agents that vanished without
      // a word.
      PushService push = new PushService(desired, registry, board);
      PushHttp.mount(builder.pingIntervalMillis(10_000).idleTimeoutMillis(30_000), push);
      Server server = builder.build();
      server.start().join();
      return new ControlServer(store, scheduler, rest, push, server);
    } catch (RuntimeException | Error e) {
      scheduler.close();
      store.close();
      throw e;
    }
  }

  int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    rest.close();
    push.close();
    server.stop().join();
    scheduler.close();
    store.close();
  }
}
