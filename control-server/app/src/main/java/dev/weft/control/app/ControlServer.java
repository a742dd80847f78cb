package dev.weft.control.app;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.weft.control.ca.CaHttp;
import dev.weft.control.ca.MeshAuthority;
import dev.weft.control.core.Admission;
import dev.weft.control.core.AgentBoard;
import dev.weft.control.core.DesiredState;
import dev.weft.control.core.MeshConfig;
import dev.weft.control.core.Refused;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.control.jwks.JwksFetcher;
import dev.weft.control.jwks.KeySets;
import dev.weft.control.push.PushHttp;
import dev.weft.control.push.PushService;
import dev.weft.control.registry.LeasedRegistry;
import dev.weft.control.registry.SystemScheduler;
import dev.weft.control.rest.Access;
import dev.weft.control.rest.RestApi;
import dev.weft.control.store.H2Store;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the rooms fit together: a store, what is made of it, and one port that serves it. */
final class ControlServer implements AutoCloseable {

  private final H2Store store;
  private final SystemScheduler scheduler;
  private final JwksFetcher jwks;
  private final RestApi rest;
  private final PushService push;
  private final Server server;

  private final Optional<String> newAdminToken;

  private ControlServer(
      H2Store store,
      SystemScheduler scheduler,
      JwksFetcher jwks,
      RestApi rest,
      PushService push,
      Server server,
      Optional<String> newAdminToken) {
    this.store = store;
    this.scheduler = scheduler;
    this.jwks = jwks;
    this.rest = rest;
    this.push = push;
    this.server = server;
    this.newAdminToken = newAdminToken;
  }

  /**
   * @param port 0: any free one, see {@link #port()}
   */
  record Settings(
      String bind, int port, Path dataDirectory, Security security, MeshConfig meshConfig) {

    Settings(String bind, int port, Path dataDirectory, Security security) {
      this(bind, port, dataDirectory, security, MeshConfig.DEFAULTS);
    }

    Settings {
      requireNonNull(meshConfig, "meshConfig");
      requireNonNull(bind, "bind");
      requireNonNull(dataDirectory, "dataDirectory");
      requireNonNull(security, "security");
    }
  }

  /**
   * @param insecure everybody may do everything, and agents need no identity
   * @param plugged directory of the operator's certificate authority; null: one of our own
   * @param tlsNames for the server's certificate, beyond those of this machine
   * @param admins who may use the REST API by their certificate
   * @param resetAdminToken whether all admin tokens are revoked and one is made
   * @param rotationDelay how long agents have to hear of a new root before it signs
   */
  record Security(
      boolean insecure,
      String trustDomain,
      @Nullable Path plugged,
      Duration workloadTtl,
      List<String> tlsNames,
      Set<WorkloadIdentity> admins,
      boolean resetAdminToken,
      Duration rotationDelay) {

    static final Security DEFAULTS =
        new Security(
            false,
            "cluster.local",
            null,
            Duration.ofHours(24),
            List.of(),
            Set.of(),
            false,
            Duration.ofSeconds(10));

    Security insecurely() {
      return new Security(
          true,
          trustDomain,
          plugged,
          workloadTtl,
          tlsNames,
          admins,
          resetAdminToken,
          rotationDelay);
    }
  }

  /** Opens the store and serves it; everything is closed again when the port cannot be had. */
  static ControlServer start(Settings settings) {
    H2Store store = H2Store.open(settings.dataDirectory());
    SystemScheduler scheduler = new SystemScheduler();
    JwksFetcher jwks = JwksFetcher.over(settings.meshConfig().jwksAllowedCidrs());
    try {
      return start(settings, store, scheduler, jwks);
    } catch (RuntimeException | Error e) {
      jwks.close();
      scheduler.close();
      store.close();
      throw e;
    }
  }

  private static ControlServer start(
      Settings settings, H2Store store, SystemScheduler scheduler, JwksFetcher jwks) {
    Clock clock = Clock.systemUTC();
    Security security = settings.security();
    AdminFiles files = new AdminFiles(settings.dataDirectory());
    Tokens tokens = new Tokens(store, clock);
    MeshAuthority authority =
        MeshAuthority.open(
            new MeshAuthority.Settings(
                security.trustDomain(),
                settings.dataDirectory().resolve("ca"),
                security.plugged(),
                security.workloadTtl(),
                security.rotationDelay()),
            tokens,
            clock);
    Runnable tellRoots = () -> files.writeRoots(String.join("", authority.current().roots()));
    tellRoots.run();
    authority.onChange(tellRoots);

    LeasedRegistry registry =
        new LeasedRegistry(LeasedRegistry.Settings.DEFAULTS, scheduler, store);
    DesiredState desired =
        new DesiredState(store, registry, settings.meshConfig(), authority, jwks);
    AgentBoard board = new AgentBoard(clock);
    Admission admission = new Admission(store, clock, new KeySets());
    CaHttp ca = new CaHttp(authority, tokens, clock);
    Access access = new Access(tokens, ca.peers(), security.admins(), security.insecure());
    RestApi rest =
        new RestApi(
            new RestApi.Core(store, admission, registry, desired, board, clock),
            new RestApi.Security(access, tokens, authority),
            Version.text());
    ServerBuilder builder =
        Server.builder()
            // Plaintext and TLS on one port: the first bytes tell which it is.
            .port(
                new InetSocketAddress(settings.bind(), settings.port()),
                SessionProtocol.HTTP,
                SessionProtocol.HTTPS)
            // One long request (a watch, a stream) must not hold up the end of the process.
            // What was refused is told to who asked; an operator's log is not for that.
            .unloggedExceptionsReportInterval(Duration.ZERO)
            .gracefulShutdownTimeout(Duration.ofMillis(100), Duration.ofSeconds(3));
    ca.mount(builder, security.tlsNames());
    rest.mount(builder);
    // The stream to the agents: same server, same port. Pings tell agents that vanished without
    // a word.
    PushService push = new PushService(desired, registry, board);
    PushHttp.mount(
        builder.pingIntervalMillis(10_000).idleTimeoutMillis(30_000),
        push,
        ca.peers().andThen(identity -> identity == null ? null : identity.spiffeId()),
        security.insecure());
    Server server = builder.build();
    server.start().join();
    // When nothing can go wrong any more: it is shown once.
    try {
      Optional<String> newAdminToken = adminToken(security, tokens, files);
      return new ControlServer(store, scheduler, jwks, rest, push, server, newAdminToken);
    } catch (RuntimeException | Error e) {
      push.close();
      server.stop().join();
      throw e;
    }
  }

  private static Optional<String> adminToken(Security security, Tokens tokens, AdminFiles files) {
    try {
      if (security.resetAdminToken()) {
        for (StoredToken token : tokens.all()) {
          if (token.type() == StoredToken.Type.ADMIN) {
            tokens.revoke(token.id());
          }
        }
      }
      if (security.insecure() || tokens.anyLive(StoredToken.Type.ADMIN)) {
        return Optional.empty();
      }
      Tokens.Made made = tokens.createAdmin(null);
      try {
        files.writeAdminToken(made.text());
      } catch (UncheckedIOException e) {
        // Nobody will have seen it: the next start makes another.
        tokens.revoke(made.token().id());
        throw e;
      }
      return Optional.of(made.text());
    } catch (Refused e) {
      throw new IllegalStateException("a token without limits is not refused", e);
    }
  }

  /** The admin token, when this start made one. */
  Optional<String> newAdminToken() {
    return newAdminToken;
  }

  int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    rest.close();
    push.close();
    server.stop().join();
    jwks.close();
    scheduler.close();
    store.close();
  }
}
