package dev.weft.instrumentation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What views of requests and responses tell in the same way, whatever their library. */
public final class ViewParts {

  private ViewParts() {}

  /** The values of a header as one; null when there is none. */
  public static @Nullable String joined(@Nullable Enumeration<String> values) {
    if (values == null || !values.hasMoreElements()) {
      return null;
    }
    String first = values.nextElement();
    return values.hasMoreElements()
        ? first + "," + String.join(",", Collections.list(values))
        : first;
  }

  /** The same of a library's own headers. */
  public static <T> @Nullable String joined(T[] headers, Function<T, @Nullable String> value) {
    switch (headers.length) {
      case 0:
        return null;
      case 1:
        return String.valueOf(value.apply(headers[0]));
      default:
        return Arrays.stream(headers)
            .map(header -> String.valueOf(value.apply(header)))
            .collect(Collectors.joining(","));
    }
  }

  /** The names of headers as the engine knows them. */
  public static Collection<String> lowerCase(Enumeration<String> names) {
    List<String> lower = new ArrayList<>();
    while (names.hasMoreElements()) {
      lower.add(names.nextElement().toLowerCase(Locale.ROOT));
    }
    return lower;
  }

  /** The authority of a request that came to {@code host}. */
  public static String authority(String scheme, String host, int port) {
    boolean usual = port == ("https".equals(scheme) ? 443 : 80);
    return usual ? host : host + ":" + port;
  }

  /** The path and query of a request's target, which may be an absolute one. */
  public static String path(String target) {
    int start = target.startsWith("/") ? 0 : target.indexOf("://") + 3;
    while (start > 0 && start < target.length() && "/?#".indexOf(target.charAt(start)) < 0) {
      start++;
    }
    int fragment = target.indexOf('#', start);
    String path = target.substring(start, fragment < 0 ? target.length() : fragment);
    return path.startsWith("/") ? path : "/" + path;
  }
}
