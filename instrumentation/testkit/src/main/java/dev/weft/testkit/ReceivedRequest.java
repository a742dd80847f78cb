package dev.weft.testkit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived on the wire.
 *
 * @param headers names in lower case
 * @param text the body
 * @param connection number of the connection it came on, from 1
 * @param secure whether it came through TLS
 */
public record ReceivedRequest(
    String method,
    String target,
    List<Map.Entry<String, String>> headers,
    String text,
    int connection,
    boolean secure) {

  /** All values of a header joined by a comma; null when absent. */
  public @Nullable String header(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    String joined =
        headers.stream()
            .filter(header -> header.getKey().equals(wanted))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(","));
    return headers.stream().anyMatch(header -> header.getKey().equals(wanted)) ? joined : null;
  }
}
