package frameworks;

import feign.Client;
import feign.Feign;
import feign.Headers;
import feign.Param;
import feign.QueryMap;
import feign.RequestLine;
import feign.Response;
import feign.hc5.ApacheHttp5Client;
import feign.okhttp.OkHttpClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** OpenFeign without Spring, with its own retries switched on as they are by default. */
final class FeignCaller implements Caller {

  private final Map<String, Backend> backends = new ConcurrentHashMap<>();
  private final Client client;

  FeignCaller(String library) {
    this.client =
        switch (library) {
          case "huc" -> new Client.Default(null, null);
          case "okhttp" -> new OkHttpClient();
          case "hc5" -> new ApacheHttp5Client();
          default -> throw new IllegalArgumentException("library: " + library);
        };
  }

  @Override
  public String send(Call call) throws IOException {
    Backend backend =
        backends.computeIfAbsent(
            call.base(), base -> Feign.builder().client(client).target(Backend.class, base));
    try (Response response =
        call.body() == null
            ? backend.get(call.name(), call.query(), call.user())
            : backend.post(call.name(), call.user(), call.body())) {
      byte[] body = response.body().asInputStream().readAllBytes();
      return response.status() + " " + new String(body, StandardCharsets.UTF_8);
    }
  }

  /** The service as an interface. */
  interface Backend {

    @RequestLine("GET /{name}")
    @Headers("x-user: {user}")
    Response get(
        @Param("name") String name,
        @QueryMap Map<String, String> query,
        @Param("user") String user);

    @RequestLine("POST /{name}")
    @Headers({"x-user: {user}", "Content-Type: text/plain"})
    Response post(@Param("name") String name, @Param("user") String user, String body);
  }
}
