package frameworks;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.RequestEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Spring 6.2 and 7: RestTemplate, RestClient, and interfaces over that. */
final class SpringClients {

  private SpringClients() {}

  static Caller restTemplate(String library) {
    RestTemplate template = new RestTemplate(factory(library));
    template.setErrorHandler(response -> false);
    return call -> {
      RequestEntity.BodyBuilder request =
          RequestEntity.method(call.body() == null ? HttpMethod.GET : HttpMethod.POST, call.url());
      if (call.user() != null) {
        request.header("x-user", call.user());
      }
      ResponseEntity<String> response =
          template.exchange(
              call.body() == null ? request.build() : request.body(call.body()), String.class);
      return response.getStatusCode().value() + " " + response.getBody();
    };
  }

  static Caller restClient(String library) {
    RestClient client = RestClient.builder().requestFactory(factory(library)).build();
    return call -> {
      RestClient.RequestBodySpec request =
          client.method(call.body() == null ? HttpMethod.GET : HttpMethod.POST).uri(call.url());
      if (call.user() != null) {
        request.header("x-user", call.user());
      }
      if (call.body() != null) {
        request.contentType(MediaType.TEXT_PLAIN).body(call.body());
      }
      return request.exchange(
          (sent, response) ->
              response.getStatusCode().value()
                  + " "
                  + StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8));
    };
  }

  static Caller httpExchange(String library) {
    ClientHttpRequestFactory factory = factory(library);
    Map<String, Backend> backends = new ConcurrentHashMap<>();
    return call -> {
      Backend backend = backends.computeIfAbsent(call.base(), base -> backend(base, factory));
      ResponseEntity<String> response =
          call.body() == null
              ? backend.get(call.name(), call.query(), call.user())
              : backend.post(call.name(), call.user(), call.body());
      return response.getStatusCode().value() + " " + response.getBody();
    };
  }

  private static Backend backend(String base, ClientHttpRequestFactory factory) {
    RestClient client =
        RestClient.builder()
            .baseUrl(base)
            .requestFactory(factory)
            .defaultStatusHandler(status -> true, (request, response) -> {})
            .build();
    return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
        .build()
        .createClient(Backend.class);
  }

  private static ClientHttpRequestFactory factory(String library) {
    return switch (library) {
      case "jdk" -> new JdkClientHttpRequestFactory();
      case "hc5" -> new HttpComponentsClientHttpRequestFactory();
      case "huc" -> new SimpleClientHttpRequestFactory();
      case "jetty" -> new JettyClientHttpRequestFactory();
      default -> throw new IllegalArgumentException("library: " + library);
    };
  }

  /** The service as an interface. */
  @HttpExchange
  interface Backend {

    @GetExchange("/{name}")
    ResponseEntity<String> get(
        @PathVariable("name") String name,
        @RequestParam Map<String, String> query,
        @RequestHeader(name = "x-user", required = false) String user);

    @PostExchange(url = "/{name}", contentType = "text/plain")
    ResponseEntity<String> post(
        @PathVariable("name") String name,
        @RequestHeader(name = "x-user", required = false) String user,
        @RequestBody String body);
  }
}
