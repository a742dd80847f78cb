package app;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** What it serves itself, and what it gets from another service with Quarkus' client. */
@Path("/")
@Produces(MediaType.TEXT_PLAIN)
public class Routes {

  private final Backend backend;

  public Routes(@RestClient Backend backend) {
    this.backend = backend;
  }

  @GET
  @Path("hello")
  public String hello() {
    return "quarkus";
  }

  @GET
  @Path("secret")
  public String secret() {
    return "secret";
  }

  /** On the event loop, without waiting. */
  @GET
  @Path("call/{path}")
  public Uni<String> call(@PathParam("path") String path) {
    return backend.get(path);
  }

  /** On a worker thread. */
  @GET
  @Path("blocking/{path}")
  public String blocking(@PathParam("path") String path) {
    return backend.getBlocking(path);
  }
}
