package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.control.core.MeshConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A control server on a port of its own, and a client that says plainly what it sends. */
final class RunningServer implements AutoCloseable {

  static final String YAML = "application/yaml";
  static final String JSON = "application/json";
  static final String VS = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ControlServer server;
  final String url;

  RunningServer(Path data) {
    this(data, ControlServer.Security.DEFAULTS.insecurely());
  }

  RunningServer(Path data, ControlServer.Security security) {
    this(data, security, MeshConfig.DEFAULTS);
  }

  RunningServer(Path data, ControlServer.Security security, MeshConfig mesh) {
    server = ControlServer.start(new ControlServer.Settings("127.0.0.1", 0, data, security, mesh));
    url = "http://127.0.0.1:" + server.port();
  }

  /** What the server said. */
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() {
      return tree(response.body());
    }

    String body() {
      return response.body();
    }

    List<String> warnings() {
      return response.headers().allValues("warning");
    }
  }

  static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  Answer get(String path) throws Exception {
    return send("GET", path, "", BodyPublishers.noBody());
  }

  Answer send(String method, String path, String type, String body) throws Exception {
    return send(method, path, type, BodyPublishers.ofString(body));
  }

  Answer send(String method, String path, String type, BodyPublisher body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).method(method, body);
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  /** The lines of an answer as they come, for watches. */
  Stream<String> stream(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).build();
    return http.send(request, BodyHandlers.ofLines()).body();
  }

  @Override
  public void close() {
    server.close();
  }

  /** A VirtualService that sends all requests for its own name to a subset. */
  static String virtualService(String name, String subset) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: %s
        spec:
          hosts: [%s]
          http:
          - route:
            - destination:
                host: %s
                subset: %s
        """
        .formatted(name, name, name, subset);
  }

  static String destinationRule(String name, String... subsets) {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata:
              name: %s
            spec:
              host: %s
              subsets:
            """
                .formatted(name, name));
    for (String subset : subsets) {
      text.append("  - {name: %s, labels: {version: %s}}%n".formatted(subset, subset));
    }
    return text.toString();
  }
}
