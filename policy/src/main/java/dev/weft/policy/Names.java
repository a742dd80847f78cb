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
  private static final Pattern LEADING_ZERO = Pattern.compile("(^|\\.)0[0-9]");
  private static final Pattern IPV6_GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");
  private static final int IPV6_GROUPS = 8;
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

  /**
   * An IP address and nothing that only looks like one: eight groups, or fewer and one {@code ::}.
   */
  static boolean isAddress(String address) {
    if (IPV4.matcher(address).matches()) {
      return isIp(address) && !LEADING_ZERO.matcher(address).find();
    }
    if (address.indexOf(':') < 0) {
      return false;
    }
    int gap = address.indexOf("::");
    if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    int groups =
        gap < 0
            ? groups(address, true)
            : groups(address.substring(0, gap), false) + groups(address.substring(gap + 2), true);
    return gap < 0 ? groups == IPV6_GROUPS : groups >= 0 && groups < IPV6_GROUPS;
  }

  /** How many; far below 0 when one of them is none. */
  private static int groups(String text, boolean atEnd) {
    if (text.isEmpty()) {
      return 0;
    }
    int count = 0;
    String[] groups = text.split(":", -1);
    for (int i = 0; i < groups.length; i++) {
      if (atEnd && i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
        if (!isAddress(groups[i])) {
          return -100;
        }
        count += 2;
      } else if (IPV6_GROUP.matcher(groups[i]).matches()) {
        count++;
      } else {
        return -100;
      }
    }
    return count;
  }

  static boolean isHeader(String text) {
    return HEADER.matcher(text).matches();
  }
}
