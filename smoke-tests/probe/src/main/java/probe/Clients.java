package probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/** The clients by name; each is made when it is first used. */
final class Clients {

  private final Map<String, Client> made = new ConcurrentHashMap<>();

  Client named(String name) {
    return made.computeIfAbsent(name, Clients::make);
  }

  private static Client make(String name) {
    switch (name) {
      case "huc":
        return Clients::urlConnection;
      case "hc4":
        return apache4();
      case "hc5":
        return apache5();
      case "okhttp":
        return okhttp();
      case "jdk":
        return JdkClients.sync();
      case "jdk-async":
        return JdkClients.async();
      case "socket":
        return SocketClient::send;
      default:
        throw new IllegalArgumentException(
            "client: " + name + " (expected: huc, hc4, hc5, okhttp, jdk, jdk-async, socket)");
    }
  }

  private static String urlConnection(
      String method, String url, Map<String, String> headers, byte[] body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
    connection.setRequestMethod(method);
    headers.forEach(connection::setRequestProperty);
    if (body.length > 0) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body);
    }
    int status = connection.getResponseCode();
    InputStream stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    return status + " " + (stream == null ? "" : read(stream));
  }

  private static Client apache4() {
    CloseableHttpClient http =
        HttpClients.custom().setMaxConnPerRoute(50).setMaxConnTotal(200).build();
    return (method, url, headers, body) -> {
      RequestBuilder request = RequestBuilder.create(method).setUri(url);
      headers.forEach(request::addHeader);
      if (body.length > 0) {
        request.setEntity(new ByteArrayEntity(body));
      }
      try (CloseableHttpResponse response = http.execute(request.build())) {
        String text =
            response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
        return response.getStatusLine().getStatusCode() + " " + text;
      }
    };
  }

  private static Client apache5() {
    org.apache.hc.client5.http.impl.classic.CloseableHttpClient http =
        org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
    return (method, url, headers, body) -> {
      org.apache.hc.core5.http.io.support.ClassicRequestBuilder request =
          org.apache.hc.core5.http.io.support.ClassicRequestBuilder.create(method).setUri(url);
      headers.forEach(request::addHeader);
      if (body.length > 0) {
        request.setEntity(body, org.apache.hc.core5.http.ContentType.TEXT_PLAIN);
      }
      return http.execute(
          request.build(),
          response ->
              response.getCode()
                  + " "
                  + (response.getEntity() == null
                      ? ""
                      : org.apache.hc.core5.http.io.entity.EntityUtils.toString(
                          response.getEntity())));
    };
  }

  private static Client okhttp() {
    OkHttpClient http = new OkHttpClient();
    return (method, url, headers, body) -> {
      RequestBody content =
          body.length > 0 || method.equals("POST") || method.equals("PUT")
              ? RequestBody.create(body)
              : null;
      Request.Builder request = new Request.Builder().url(url).method(method, content);
      headers.forEach(request::header);
      try (Response response = http.newCall(request.build()).execute()) {
        return response.code() + " " + response.body().string();
      }
    };
  }

  static String read(InputStream stream) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
      bytes.write(buffer, 0, n);
    }
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}
