package demo.ratings;

import java.util.Collections;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An ordinary Spring Boot service that knows nothing of a mesh. */
@SpringBootApplication
@RestController
public class RatingsApplication {

  public static void main(String[] args) {
    SpringApplication.run(RatingsApplication.class, args);
  }

  @GetMapping("/ratings/{book}")
  public Map<String, Integer> ratings(@PathVariable int book) {
    return Collections.singletonMap("stars", 1 + book % 5);
  }
}
