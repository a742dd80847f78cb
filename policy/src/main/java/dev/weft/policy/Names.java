package dev.weft.policy;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Syntax of names of Kubernetes, DNS and HTTP. */
final class Names {

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  // Istio takes capitals and underscores in host names too.
  private static final Pattern HOST_LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?");

  private Names() {}

  static boolean isDnsLabel(@Nullable Object value) {
    return value instanceof String && LABEL.matcher((String) value).matches();
  }

  static boolean isDnsSubdomain(@Nullable Object value) {
    if (!(value instanceof String) || ((String) value).length() > 253) {
      return false;
    }
    for (String label : ((String) value).split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }

  static boolean isHostName(String text) {
    if (text.length() > 255) {
      return false;
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    for (String label : name.split("\\.", -1)) {
      if (!HOST_LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }

  /** A host name that may be {@code *} or begin with {@code *.}. */
  static boolean isWildcardHost(String text) {
    return "*".equals(text) || isHostName(text.startsWith("*.") ? text.substring(2) : text);
  }

  static boolean isIp(String text) {
    if (IPV4.matcher(text).matches()) {
      for (String octet : text.split("\\.")) {
        if (Integer.parseInt(octet) > 255) {
          return false;
        }
      }
      return true;
    }
    return IPV6.matcher(text).matches();
  }

  static boolean isHeader(String text) {
    return HEADER.matcher(text).matches();
  }
}
