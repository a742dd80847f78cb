package app;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Another service, as Quarkus' REST client sees it. */
@RegisterRestClient(configKey = "backend")
@Path("/")
public interface Backend {

  @GET
  @Path("{path}")
  Uni<String> get(@PathParam("path") String path);

  @GET
  @Path("{path}")
  String getBlocking(@PathParam("path") String path);
}
