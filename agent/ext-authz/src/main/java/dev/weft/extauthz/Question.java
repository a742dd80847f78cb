package dev.weft.extauthz;

import dev.weft.engine.ExternalAuthorization.Answer;
import dev.weft.engine.ExternalAuthorization.Check;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.outbound.HeaderMutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One exchange with an authorizer. */
final class Question {

  private static final int MAX_BODY = 64 * 1024;
  private static final int OK = 200;

  /** What {@link HttpURLConnection} can send. */
  private static final Set<String> METHODS =
      new HashSet<>(Arrays.asList("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"));

  /** Of the connection to the authorizer, and nobody else's. */
  private static final Set<String> HOP_BY_HOP =
      new HashSet<>(
          Arrays.asList(
              "connection",
              "keep-alive",
              "transfer-encoding",
              "content-length",
              "content-encoding",
              "upgrade",
              "trailer",
              "date"));

  private Question() {}

  /**
   * Blocks.
   *
   * @param deadline in {@link System#nanoTime}
   */
  static Answer ask(ExternalAuthorizer authorizer, Check check, long deadline) {
    try {
      HttpURLConnection connection = open(authorizer, check, deadline);
      int status = connection.getResponseCode();
      byte[] body = body(connection, status, deadline);
      if (status >= 500 || status < 200) {
        return Answer.failed(authorizer.name() + " answers " + status);
      }
      return status == OK
          ? Answer.allowed(headers(connection, authorizer.headersToUpstreamOnAllow(), false))
          : Answer.denied(
              status, headers(connection, authorizer.headersToDownstreamOnDeny(), true), body);
    } catch (IOException | RuntimeException | LinkageError e) {
      return Answer.failed(authorizer.name() + ": " + e);
    }
  }

  private static HttpURLConnection open(ExternalAuthorizer authorizer, Check check, long deadline)
      throws IOException {
    URL url = new URL(authorizer.url() + authorizer.pathPrefix() + check.path);
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout(left(deadline));
    connection.setReadTimeout(left(deadline));
    check.headers.forEach(connection::setRequestProperty);
    // The host itself cannot be set: the URL's goes there, and the mesh routes by it.
    connection.setRequestProperty("x-forwarded-host", check.authority);
    if (METHODS.contains(check.method)) {
      connection.setRequestMethod(check.method);
    } else {
      connection.setRequestMethod("POST");
      connection.setRequestProperty("x-http-method-override", check.method);
    }
    if (connection.getRequestMethod().equals("POST")
        || connection.getRequestMethod().equals("PUT")) {
      // Not streamed: then the JDK would keep the body of a 401 to itself.
      connection.setDoOutput(true);
      connection.getOutputStream().close();
    }
    return connection;
  }

  private static int left(long deadline) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (millis <= 0) {
      throw new IOException("no time left");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private static byte[] body(HttpURLConnection connection, int status, long deadline)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      byte[] buffer = new byte[4096];
      int count = in == null ? -1 : in.read(buffer);
      while (in != null && count >= 0 && body.size() + count <= MAX_BODY) {
        body.write(buffer, 0, count);
        connection.setReadTimeout(left(deadline));
        count = in.read(buffer);
      }
      if (count >= 0) {
        throw new IOException("more than " + MAX_BODY + " bytes");
      }
    }
    return body.toByteArray();
  }

  /**
   * @param names as the provider lists them: exact, {@code prefix*} or {@code *suffix}
   * @param ofDenial then no name means all names, and a header may come several times
   */
  private static HeaderMutations headers(
      HttpURLConnection connection, List<String> names, boolean ofDenial) {
    HeaderMutations.Builder headers = HeaderMutations.builder();
    for (Map.Entry<@Nullable String, List<String>> each : connection.getHeaderFields().entrySet()) {
      String name = each.getKey() == null ? "" : each.getKey().toLowerCase(Locale.ROOT);
      if (name.isEmpty()
          || HOP_BY_HOP.contains(name)
          || !(names.isEmpty() ? ofDenial : isOneOf(name, names))) {
        continue;
      }
      if (!ofDenial) {
        headers.set(name, String.join(",", each.getValue()));
        continue;
      }
      // The JDK lists them backwards.
      for (int i = each.getValue().size() - 1; i >= 0; i--) {
        headers.add(name, each.getValue().get(i));
      }
    }
    return headers.build();
  }

  private static boolean isOneOf(String name, List<String> patterns) {
    for (String pattern : patterns) {
      String lower = pattern.toLowerCase(Locale.ROOT);
      boolean like =
          lower.startsWith("*")
              ? name.endsWith(lower.substring(1))
              : lower.endsWith("*")
                  ? name.startsWith(lower.substring(0, lower.length() - 1))
                  : name.equals(lower);
      if (like) {
        return true;
      }
    }
    return false;
  }
}
