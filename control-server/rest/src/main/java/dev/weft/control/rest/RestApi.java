package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import dev.weft.control.core.Admission;
import dev.weft.control.core.AgentBoard;
import dev.weft.control.core.CertificateAuthority;
import dev.weft.control.core.DesiredState;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.StatusReport;
import dev.weft.control.core.Tokens;
import java.time.Clock;
import java.util.List;

/** The whole HTTP face of the control server, to be mounted on the one server of the process. */
public final class RestApi implements AutoCloseable {

  private final Access access;
  private final HttpService kubernetes;
  private final HttpService tokens;
  private final HttpService authority;
  private final HttpService bundle;
  private final HttpService apply;
  private final HttpService overview;
  private final HttpService explain;
  private final HttpService health;
  private final HttpService metrics;
  private final Watches watches;
  private volatile boolean stopping;

  /** What this room asks of core. */
  public record Core(
      ResourceStore store,
      Admission admission,
      InstanceRegistry registry,
      DesiredState desired,
      AgentBoard board,
      Clock clock) {}

  /** Who may call, and what is told and asked of identities. */
  public record Security(Access access, Tokens tokens, CertificateAuthority authority) {}

  /**
   * @param version of the server, as {@code /version} tells it
   */
  public RestApi(Core core, Security security, String version) {
    requireNonNull(version, "version");
    StatusReport report = new StatusReport(core.desired(), core.board());
    Tables tables = new Tables(core.clock(), report);
    watches = new Watches(core.store(), tables);
    ResourceService resources =
        new ResourceService(core.store(), core.admission(), tables, watches);
    kubernetes = Handler.service(new KubernetesService(resources, version));
    apply = Handler.service(new ApplyService(core.admission(), core.desired()));
    overview =
        Handler.service(
            new OverviewService(
                core.store(),
                core.registry(),
                core.board(),
                report,
                new InboundView(core.desired(), core.registry())));
    explain = Handler.service(new ExplainService(core.desired(), core.registry()));
    access = security.access();
    tokens =
        Handler.service(new TokenService(security.tokens(), security.authority(), core.clock()));
    authority = Handler.service(new AuthorityService(security.authority()));
    bundle = Handler.service(AuthorityService.bundle(security.authority()));
    health = Handler.service(new HealthService(() -> !stopping));
    metrics =
        Handler.service(
            new MetricsService(core.store(), core.registry(), core.desired(), core.board(), watches)
                .withSecurity(security.tokens(), security.authority(), core.clock()));
  }

  /** Adds the services of this room; others may be mounted beside them. */
  public void mount(ServerBuilder server) {
    for (String root : List.of("/api", "/apis", "/openapi")) {
      exact(server, root, access.guard(kubernetes));
      below(server, root, access.guard(kubernetes));
    }
    exact(server, "/apply", access.guard(apply));
    exact(server, "/v1/explain", access.guard(explain));
    exact(server, "/v1/tokens", access.guard(tokens));
    below(server, "/v1/tokens", access.guard(tokens));
    exact(server, "/v1/ca", access.guard(authority));
    below(server, "/v1/ca", access.guard(authority));
    below(server, "/v1", access.guard(overview));
    // Open to everybody: what says nothing of the mesh, or what is needed before there is trust.
    exact(server, "/version", kubernetes);
    exact(server, "/v1/trust-bundle", bundle);
    exact(server, "/healthz", health);
    exact(server, "/readyz", health);
    exact(server, "/metrics", metrics);
    server.errorHandler(new StatusErrorHandler());
  }

  private static void exact(ServerBuilder server, String path, HttpService service) {
    server.route().path(path).maxRequestLength(Handler.MAX_BODY_BYTES).build(service);
  }

  private static void below(ServerBuilder server, String path, HttpService service) {
    server.route().pathPrefix(path + "/").maxRequestLength(Handler.MAX_BODY_BYTES).build(service);
  }

  /** Says that it is not ready any more and ends the open watches, so that the server can stop. */
  @Override
  public void close() {
    stopping = true;
    watches.close();
  }
}
