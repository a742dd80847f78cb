package app;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.annotation.Client;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import org.reactivestreams.Publisher;

/** What it serves itself, and what it gets from another service with Micronaut's client. */
@Controller(produces = MediaType.TEXT_PLAIN)
public class Routes {

  private final HttpClient backend;

  Routes(@Client("http://backend") HttpClient backend) {
    this.backend = backend;
  }

  @Get("/hello")
  String hello() {
    return "micronaut";
  }

  @Get("/secret")
  String secret() {
    return "secret";
  }

  /** On the event loop, without waiting. */
  @Get("/call/{path}")
  Publisher<String> call(String path) {
    return backend.retrieve("/" + path);
  }

  /** On a thread that may wait. */
  @Get("/blocking/{path}")
  @ExecuteOn(TaskExecutors.BLOCKING)
  String blocking(String path) {
    return backend.toBlocking().retrieve("/" + path);
  }
}
