package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.instrumentation.WeakIdentityMap;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** What sends in the place of a minimal client: as little as it does, but in a chain. */
final class Minimal {

  private static final String UPGRADES = "weft.upgrades";

  private static final WeakIdentityMap<CloseableHttpClient> CLIENTS = new WeakIdentityMap<>();

  private Minimal() {}

  /** For {@code client}, over its own {@code connections}, which it alone closes. */
  static CloseableHttpClient of(Object client, HttpClientConnectionManager connections) {
    CloseableHttpClient known = CLIENTS.get(client);
    if (known != null) {
      return known;
    }
    CloseableHttpClient made =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setConnectionManagerShared(true)
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .disableAuthCaching()
            .addRequestInterceptorFirst(Minimal::before)
            .addRequestInterceptorLast(Minimal::after)
            .build();
    CLIENTS.put(client, made);
    return made;
  }

  private static void before(
      HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
    context.setAttribute(UPGRADES, request.containsHeader(HttpHeaders.UPGRADE));
  }

  /**
   * Takes the offer of an upgrade away which the library adds since 5.4, where there is a chain.
   */
  private static void after(
      HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
    boolean upgrades = Boolean.TRUE.equals(context.removeAttribute(UPGRADES));
    if (!upgrades && request.containsHeader(HttpHeaders.UPGRADE)) {
      request.removeHeaders(HttpHeaders.UPGRADE);
      request.removeHeaders(HttpHeaders.CONNECTION);
      request.addHeader(HttpHeaders.CONNECTION, "keep-alive");
    }
  }
}
