package dev.weft.control.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Talks to a control server for the commands; every refusal becomes one {@link CommandFailure}. */
final class Client {

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final URI server;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Client(URI server) {
    this.server = server;
  }

  /** What the server said. */
  record Answer(int status, String body) {

    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (JsonProcessingException e) {
        throw new CommandFailure(
            "the answer is not JSON (is that a control server?): " + e.getOriginalMessage());
      }
    }
  }

  Answer get(String path, Map<String, String> query, String accept) {
    return ok(send("GET", path, query, accept, null));
  }

  JsonNode getJson(String path) {
    return get(path, Map.of(), "application/json").json();
  }

  /** The answer whatever its status is. */
  Answer send(
      String method,
      String path,
      Map<String, String> query,
      String accept,
      @Nullable JsonNode body) {
    BodyPublisher content =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path, query))
            .timeout(Duration.ofSeconds(60))
            .header("Accept", accept)
            .method(method, content);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      var response = http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.body());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new CommandFailure(
          "no control server at "
              + server
              + " (hint: start one with 'weft server', or name it with --server or WEFT_SERVER)");
    } catch (IOException e) {
      throw new CommandFailure("talking to " + server + " failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }

  static Answer ok(Answer answer) {
    if (answer.status() >= 400) {
      throw new CommandFailure(String.join(System.lineSeparator(), reasons(answer)));
    }
    return answer;
  }

  /** Why the server refused, one reason a line. */
  static List<String> reasons(Answer answer) {
    List<String> reasons = new ArrayList<>();
    JsonNode status = answer.json();
    for (JsonNode cause : status.path("details").path("causes")) {
      String field = cause.path("field").asText();
      reasons.add((field.isEmpty() ? "" : field + ": ") + cause.path("message").asText());
    }
    if (reasons.isEmpty()) {
      reasons.add(status.path("message").asText("HTTP " + answer.status()));
    }
    return reasons;
  }

  private URI uri(String path, Map<String, String> query) {
    StringJoiner joined = new StringJoiner("&", "?", "").setEmptyValue("");
    query.forEach((name, value) -> joined.add(name + "=" + encode(value)));
    String base = server.toString();
    return URI.create(
        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path + joined);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
