package dev.weft.control.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Talks to a control server for the commands; every refusal becomes one {@link CommandFailure}. */
final class Client {

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final URI server;
  private final String bearer;
  private final HttpClient http;

  /**
   * @param bearer admin token; empty: none
   * @param roots whom to trust for https; null: whom Java trusts
   */
  Client(URI server, String bearer, @Nullable Path roots) {
    this.server = server;
    this.bearer = bearer;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    if (roots != null) {
      builder.sslContext(trusting(roots));
    }
    this.http = builder.build();
  }

  private static SSLContext trusting(Path roots) {
    try (InputStream in = Files.newInputStream(roots)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int count = 0;
      for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("root-" + count++, root);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new CommandFailure("--root-cert " + roots + " (expected: certificates in PEM): " + e);
    }
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
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    try {
      var response = http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.body());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new CommandFailure(
          "no control server at "
              + server
              + " (hint: start one with 'weft server', or name it with --server or WEFT_SERVER)");
    } catch (SSLException e) {
      throw new CommandFailure(
          server
              + " is not trusted: "
              + e.getMessage()
              + " (hint: --root-cert FILE; the roots are root-cert.pem in the server's data"
              + " directory)");
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
