package app;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** What Spring 6.1 has beyond RestTemplate; it sends with the JDK's client by default. */
@RestController
public class Modern {

  private final RestClient rest = RestClient.create();

  /** The status, a space and the body of what {@code url} answers. */
  @GetMapping("/rest-client")
  public String call(
      @RequestParam("url") String url, @RequestParam(name = "user", defaultValue = "") String user) {
    return rest.get()
        .uri(URI.create(url))
        .header("x-user", user)
        .exchange(
            (request, response) ->
                response.getStatusCode().value()
                    + " "
                    + StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8));
  }
}
