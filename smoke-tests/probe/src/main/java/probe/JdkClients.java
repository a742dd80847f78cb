package probe;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** java.net.http, in a class of its own: Java 8 has none of it. */
final class JdkClients {

  private JdkClients() {}

  static Client sync() {
    HttpClient http = HttpClient.newHttpClient();
    return (method, url, headers, body) ->
        text(http.send(request(method, url, headers, body), HttpResponse.BodyHandlers.ofString()));
  }

  static Client async() {
    HttpClient http = HttpClient.newHttpClient();
    return (method, url, headers, body) ->
        http.sendAsync(request(method, url, headers, body), HttpResponse.BodyHandlers.ofString())
            .thenApply(JdkClients::text)
            .get();
  }

  private static HttpRequest request(
      String method, String url, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .method(
                method,
                body.length > 0
                    ? HttpRequest.BodyPublishers.ofByteArray(body)
                    : HttpRequest.BodyPublishers.noBody());
    headers.forEach(request::header);
    return request.build();
  }

  private static String text(HttpResponse<String> response) {
    return response.statusCode() + " " + response.body();
  }
}
