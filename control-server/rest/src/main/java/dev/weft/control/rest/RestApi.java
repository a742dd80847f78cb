package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import dev.weft.control.core.Admission;
import dev.weft.control.core.ResourceStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** The whole HTTP face of the control server, to be mounted on the one server of the process. */
public final class RestApi implements AutoCloseable {

  private final HttpService kubernetes;
  private final HttpService apply;
  private final Watches watches;

  public RestApi(ResourceStore store, Admission admission, Clock clock, String version) {
    requireNonNull(store, "store");
    Tables tables = new Tables(clock, resource -> Map.of(), resource -> "");
    this.watches = new Watches(store, tables);
    this.kubernetes =
        Handler.service(
            new KubernetesService(new ResourceService(store, admission, tables, watches), version));
    this.apply = Handler.service(new ApplyService(admission));
  }

  /** Adds the services of this room; others may be mounted beside them. */
  public void mount(ServerBuilder server) {
    for (String root : List.of("/api", "/apis", "/openapi", "/version")) {
      mount(server, root, kubernetes);
      server
          .route()
          .pathPrefix(root + "/")
          .maxRequestLength(Handler.MAX_BODY_BYTES)
          .build(kubernetes);
    }
    mount(server, "/apply", apply);
    server.errorHandler(new StatusErrorHandler());
  }

  private static void mount(ServerBuilder server, String path, HttpService service) {
    server.route().path(path).maxRequestLength(Handler.MAX_BODY_BYTES).build(service);
  }

  /** Ends the open watches, so that the server can stop. */
  @Override
  public void close() {
    watches.close();
  }
}
