package dev.weft.control.app.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends requests to the storefront as a customer would, and sees which version answered. */
final class Traffic {

  private static final Pattern VERSION = Pattern.compile("\"version\":\"(v\\d+)\"");

  /** What came back: the version of reviews that answered, or the status when none did. */
  record Answer(int status, String version, long millis) {
    String what() {
      return version.isEmpty() ? "error " + status : "reviews " + version;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final URI storefront;

  Traffic(int port) {
    storefront = URI.create("http://127.0.0.1:" + port + "/books/");
  }

  Answer send(int book, String user) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(storefront.resolve(Integer.toString(book)))
            .header("x-user", user)
            .timeout(Duration.ofSeconds(10))
            .build();
    long start = System.nanoTime();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      Matcher version = VERSION.matcher(response.body());
      boolean answered = response.statusCode() == 200 && version.find();
      return new Answer(response.statusCode(), answered ? version.group(1) : "", since(start));
    } catch (IOException e) {
      return new Answer(0, "", since(start));
    }
  }

  private static long since(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
