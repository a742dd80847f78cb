package frameworks;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/** MicroProfile's interfaces, as CXF implements them. */
final class MicroProfileCaller implements Caller {

  private final Map<String, Backend> backends = new ConcurrentHashMap<>();

  @Override
  public String send(Call call) {
    Backend backend = backends.computeIfAbsent(call.base(), MicroProfileCaller::backend);
    Map<String, String> query = call.query();
    try (Response response =
        call.body() == null
            ? backend.get(call.name(), query.get("id"), query.get("times"), call.user())
            : backend.post(call.name(), call.user(), call.body())) {
      return response.getStatus() + " " + response.readEntity(String.class);
    }
  }

  private static Backend backend(String base) {
    return RestClientBuilder.newBuilder()
        .baseUri(URI.create(base))
        .property("microprofile.rest.client.disable.default.mapper", true)
        .build(Backend.class);
  }

  /** The service as an interface. */
  @Path("/")
  public interface Backend {

    @GET
    @Path("{name}")
    Response get(
        @PathParam("name") String name,
        @QueryParam("id") String id,
        @QueryParam("times") String times,
        @HeaderParam("x-user") String user);

    @POST
    @Path("{name}")
    @Consumes("text/plain")
    Response post(
        @PathParam("name") String name, @HeaderParam("x-user") String user, String body);
  }
}
