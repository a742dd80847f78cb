package dev.weft.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rules of several kinds share. All of it speaks only of values that have the right type:
 * the others were named by {@link ShapeCheck}.
 */
final class Rules {

  static final int MAX_REGEX = 1024;

  private final Problems problems;

  Rules(Problems problems) {
    this.problems = problems;
  }

  void add(Problem problem) {
    problems.add(problem);
  }

  void wrong(Node node, String expectation) {
    problems.add(Problem.wrong(node.path(), node.value(), expectation));
  }

  void missing(Node node, String expectation) {
    problems.add(Problem.missing(node.path(), expectation));
  }

  void error(Node node, String message) {
    problems.add(Problem.error(node.path(), "IST0106", message));
  }

  void warning(Node node, String message) {
    problems.add(Problem.warning(node.path(), "IST0133", message));
  }

  void noEffect(Node node, String because) {
    problems.add(Problem.noEffect(node.path(), because));
  }

  static boolean isEmpty(Node node) {
    return !node.present()
        || (node.value() instanceof List && ((List<?>) node.value()).isEmpty())
        || (node.value() instanceof Map && ((Map<?, ?>) node.value()).isEmpty())
        || (node.isText() && node.text().isEmpty());
  }

  /** {@code host} of a rule: a name, a wildcard name, or an IP address. */
  void host(Node host, boolean wildcard) {
    if (!host.isText()) {
      return;
    }
    String text = host.text();
    if (Names.isIp(text)) {
      return;
    }
    if (!(wildcard ? Names.isWildcardHost(text) : Names.isHostName(text))) {
      wrong(
          host,
          wildcard
              ? "a host name, or one that begins with *. (a wildcard is the leftmost label)"
              : "a host name without wildcard");
    }
  }

  void noDuplicates(Node list, String what) {
    Set<String> seen = new HashSet<>();
    for (Node item : list.items()) {
      if (item.isText() && !seen.add(item.text())) {
        error(item, Trees.brief(item.value()) + ": duplicate " + what);
      }
    }
  }

  void regex(Node regex) {
    if (!regex.isText()) {
      return;
    }
    String text = regex.text();
    if (text.length() > MAX_REGEX) {
      wrong(regex, "at most " + MAX_REGEX + " characters, has " + text.length());
      return;
    }
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      wrong(regex, "a regular expression of RE2: " + e.getDescription());
    } catch (RuntimeException | StackOverflowError e) {
      wrong(regex, "a regular expression of RE2 that is not too large");
    }
  }

  void header(Node at, String name) {
    if (!Names.isHeader(name)) {
      error(at, Trees.brief(name) + " (expected: the name of an HTTP header)");
    }
  }

  void exportTo(Node exportTo) {
    Set<String> values = new HashSet<>(exportTo.textItems());
    for (Node item : exportTo.items()) {
      if (!item.isText()) {
        continue;
      }
      String value = item.text();
      boolean special = "*".equals(value) || ".".equals(value) || "~".equals(value);
      if (!special && !Names.isDnsLabel(value)) {
        wrong(item, "*, ., ~ or the name of a namespace");
      } else if (("*".equals(value) || "~".equals(value)) && values.size() > 1) {
        error(item, Trees.brief(value) + " (expected: alone in exportTo)");
      }
    }
    noDuplicates(exportTo, "namespace");
  }

  /** {@code destination} of a route. */
  void destination(Node destination) {
    if (!destination.present()) {
      missing(destination, "host, and subset or port where they matter");
      return;
    }
    Node host = destination.get("host");
    if (isEmpty(host)) {
      missing(host, "the name of a service");
    } else if ("*".equals(host.text())) {
      wrong(host, "the name of one service");
    } else {
      host(host, true);
    }
    Node subset = destination.get("subset");
    if (subset.isText() && !Names.isDnsLabel(subset.value())) {
      wrong(subset, "lower-case letters, digits and -, at most 63 characters");
    }
  }
}
