package frameworks;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is to be sent: a POST where there is a body.
 *
 * @param user for the header {@code x-user}; null for none
 * @param body null for none
 */
record Call(URI url, String user, String body) {

  /** Scheme and authority: what frameworks with interfaces are told once. */
  String base() {
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  /** The path, which has one segment. */
  String name() {
    return url.getPath().substring(1);
  }

  Map<String, String> query() {
    return parse(url.getRawQuery());
  }

  static Map<String, String> parse(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query != null) {
      for (String pair : query.split("&")) {
        int equals = pair.indexOf('=');
        parameters.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }
}
