package demo.reviews;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.client.RestTemplateBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

/** An ordinary Spring Boot service: version 2 asks {@code http://ratings} for stars. */
@SpringBootApplication
@RestController
public class ReviewsApplication {

  private final RestTemplate http;
  private final String version;

  public ReviewsApplication(RestTemplate http, @Value("${VERSION:v1}") String version) {
    this.http = http;
    this.version = version;
  }

  public static void main(String[] args) {
    SpringApplication.run(ReviewsApplication.class, args);
  }

  @GetMapping("/reviews/{book}")
  public Map<String, Object> reviews(@PathVariable int book) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("version", version);
    answer.put("text", "Extremely entertaining, book " + book);
    if (!"v1".equals(version)) {
      answer.put("ratings", http.getForObject("http://ratings/ratings/{book}", Map.class, book));
    }
    return answer;
  }

  /** Beans of the application, in a class of their own to avoid a cycle. */
  @org.springframework.context.annotation.Configuration
  static class Beans {
    @Bean
    RestTemplate http(RestTemplateBuilder builder) {
      return builder.requestFactory(SimpleClientHttpRequestFactory.class).build();
    }
  }
}
