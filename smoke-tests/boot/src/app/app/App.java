package app;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.DefaultResponseErrorHandler;
import org.springframework.web.client.RestTemplate;

/**
 * The same ordinary application for every version of Spring Boot: it says whom it sees, and calls
 * others through a RestTemplate.
 */
@SpringBootApplication
@RestController
public class App {

  private final RestTemplate rest = new RestTemplate();
  private final Detours detours;

  public App(Detours detours) {
    this.detours = detours;
    rest.setErrorHandler(
        new DefaultResponseErrorHandler() {
          @Override
          public boolean hasError(ClientHttpResponse response) throws IOException {
            return false;
          }
        });
  }

  public static void main(String[] args) {
    SpringApplication.run(App.class, args);
  }

  @GetMapping("/hello")
  public String hello(
      @RequestHeader(name = "x-forwarded-client-cert", required = false) String peer) {
    return "hello " + peer;
  }

  @GetMapping("/secret")
  public String secret() {
    return "secret";
  }

  /** The status, a space and the body of what {@code url} answers. */
  @GetMapping("/call")
  public String call(
      @RequestParam("url") String url,
      @RequestParam(name = "user", required = false) String user) {
    return rest.execute(
        URI.create(url),
        HttpMethod.GET,
        request -> {
          if (user != null) {
            request.getHeaders().set("x-user", user);
          }
        },
        response ->
            response.getStatusCode().value()
                + " "
                + StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8));
  }

  /** As {@code /call}, but sent by another thread: see {@link Detours}. */
  @GetMapping("/via/{detour}")
  public Callable<String> via(
      @PathVariable("detour") String detour, @RequestParam("url") String url) throws Exception {
    if (detour.equals("callable")) {
      return () -> call(url, null);
    }
    String answer = detours.take(detour, () -> call(url, null));
    return () -> answer;
  }
}
