package demo.storefront;

import java.net.http.HttpClient;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** An ordinary Spring Boot service: asks {@code http://reviews} and hands the user on. */
@SpringBootApplication
@RestController
public class StorefrontApplication {

  private final RestClient http =
      RestClient.builder()
          .requestFactory(new JdkClientHttpRequestFactory(HttpClient.newHttpClient()))
          .build();

  public static void main(String[] args) {
    SpringApplication.run(StorefrontApplication.class, args);
  }

  /** The book with its reviews; an error of the reviews service is shown as it is. */
  @GetMapping("/books/{book}")
  public ResponseEntity<String> book(
      @PathVariable("book") int book,
      @RequestHeader(name = "x-user", defaultValue = "anonymous") String user) {
    return http.get()
        .uri("http://reviews/reviews/{book}", book)
        .header("x-user", user)
        .exchange(
            (request, response) ->
                ResponseEntity.status(response.getStatusCode())
                    .body(response.bodyTo(String.class)));
  }
}
