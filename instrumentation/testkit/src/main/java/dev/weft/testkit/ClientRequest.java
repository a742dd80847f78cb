package dev.weft.testkit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a {@link TestClient} sends with its library.
 *
 * @param headers in order; a name may come twice
 * @param body null for none
 * @param oneShot whether the library must be given the body as something that exists once (an
 *     opened stream of unknown length), so that it cannot be sent again
 */
public record ClientRequest(
    String method,
    URI uri,
    List<Map.Entry<String, String>> headers,
    @Nullable String body,
    boolean oneShot) {

  public static ClientRequest get(String uri) {
    return new ClientRequest("GET", URI.create(uri), List.of(), null, false);
  }

  public static ClientRequest head(String uri) {
    return new ClientRequest("HEAD", URI.create(uri), List.of(), null, false);
  }

  public static ClientRequest put(String uri, String body) {
    return new ClientRequest("PUT", URI.create(uri), List.of(), body, false);
  }

  public static ClientRequest post(String uri, String body) {
    return new ClientRequest("POST", URI.create(uri), List.of(), body, false);
  }

  /** The body in UTF-8; empty when there is none. */
  public byte[] bytes() {
    return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
  }

  public ClientRequest header(String name, String value) {
    List<Map.Entry<String, String>> all = new ArrayList<>(headers);
    all.add(Map.entry(name, value));
    return new ClientRequest(method, uri, List.copyOf(all), body, oneShot);
  }

  public ClientRequest sentOnce() {
    return new ClientRequest(method, uri, headers, body, true);
  }
}
