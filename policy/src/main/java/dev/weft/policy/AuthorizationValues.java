package dev.weft.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values in AuthorizationPolicies: what may be written in which place, and what probably does
 * not mean what its author thinks.
 */
final class AuthorizationValues {

  private static final String ONE = "{*}";
  private static final String ANY = "{**}";
  private static final int MAX_ACCOUNTS = 16;
  private static final int MAX_ACCOUNT = 320;

  /** pchar of RFC 3986, without the wildcard. */
  private static final Pattern SEGMENT = Pattern.compile("[a-zA-Z0-9\\-._~%!$&'()+,;:@=]+");

  private static final Pattern HEADER = Pattern.compile("request\\.headers\\[([^\\[\\]]+)]");
  private static final Pattern CLAIM = Pattern.compile("request\\.auth\\.claims(\\[[^\\[\\]]+])+");

  private static final List<String> KEYS =
      Arrays.asList(
          "connection.sni",
          "destination.ip",
          "destination.port",
          "remote.ip",
          "request.auth.audiences",
          "request.auth.claims[...]",
          "request.auth.presenter",
          "request.auth.principal",
          "request.headers[...]",
          "source.ip",
          "source.namespace",
          "source.principal",
          "source.serviceAccount",
          "source.trustDomain");

  /** An application is told neither. */
  private static final List<String> UNKNOWN = Arrays.asList("connection.sni", "destination.ip");

  private static final Pattern ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /** What a template would become other than it looks by. */
  private static final Pattern HIDDEN_OPERATOR = Pattern.compile("%(2[Aa]|7[BbDd])");

  private final Rules rules;

  AuthorizationValues(Rules rules) {
    this.rules = rules;
  }

  /** Whether {@code key} of a condition is about the identity of the caller. */
  static boolean isOfCaller(String key) {
    return Arrays.asList(
            "source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal")
        .contains(key);
  }

  /** One list of a source. */
  void source(String field, Node list) {
    empty(list);
    switch (field) {
      case "principals":
      case "notPrincipals":
        principals(list);
        break;
      case "requestPrincipals":
      case "notRequestPrincipals":
      case "namespaces":
      case "notNamespaces":
        texts(list);
        break;
      case "serviceAccounts":
      case "notServiceAccounts":
        accounts(list);
        break;
      case "trustDomains":
      case "notTrustDomains":
        domains(list);
        break;
      case "ipBlocks":
      case "notIpBlocks":
      case "remoteIpBlocks":
      case "notRemoteIpBlocks":
        blocks(list);
        break;
      default: // an unknown field was named already
    }
  }

  /** One list of an operation. */
  void operation(String field, Node list) {
    empty(list);
    switch (field) {
      case "hosts":
      case "notHosts":
        texts(list);
        break;
      case "methods":
      case "notMethods":
        methods(list);
        break;
      case "paths":
      case "notPaths":
        paths(list);
        break;
      case "ports":
      case "notPorts":
        ports(list);
        break;
      default: // an unknown field was named already
    }
  }

  /** The values of a condition, and whether there is such a condition. */
  void condition(Node key, Node values) {
    empty(values);
    String name = key.text();
    if (UNKNOWN.contains(name)) {
      rules.warning(
          key,
          name
              + ": is not known where requests are decided: an ALLOW rule with it never matches,"
              + " other rules hold as if it were not there");
    }
    switch (name) {
      case "source.ip":
      case "remote.ip":
      case "destination.ip":
        blocks(values);
        break;
      case "source.serviceAccount":
        accounts(values);
        break;
      case "source.trustDomain":
        domains(values);
        break;
      case "source.principal":
        principals(values);
        break;
      case "destination.port":
        ports(values);
        break;
      case "source.namespace":
      case "request.auth.principal":
      case "request.auth.audiences":
      case "request.auth.presenter":
      case "connection.sni":
        texts(values);
        break;
      default:
        if (bracketed(key, name)) {
          texts(values);
        }
    }
  }

  private boolean bracketed(Node key, String name) {
    if (name.startsWith("request.headers")) {
      Matcher header = HEADER.matcher(name);
      if (!header.matches()) {
        rules.wrong(key, "request.headers[name]");
      } else if (header.group(1).startsWith(":")) {
        rules.wrong(key, "the name of a header; for what begins with : use to.operation");
      } else if (!Names.isHeader(header.group(1))) {
        rules.wrong(key, "request.headers[name] with the name of an HTTP header");
      } else {
        return true;
      }
    } else if (name.startsWith("request.auth.claims")) {
      if (CLAIM.matcher(name).matches()) {
        return true;
      }
      rules.wrong(key, "request.auth.claims[name], and [name] again for nested claims");
    } else if (name.startsWith("experimental.envoy.filters.")) {
      rules.wrong(key, "another attribute; this one is not supported: there is no Envoy here");
    } else if ("destination.namespace".equals(name)) {
      rules.wrong(key, "another attribute; metadata.namespace says this");
    } else if (name.startsWith("destination.labels")) {
      rules.wrong(key, "another attribute; selector says this");
    } else {
      rules.wrong(key, "one of " + String.join(", ", KEYS));
    }
    return false;
  }

  /** A list that is there and empty looks as if it matched nobody. */
  private void empty(Node list) {
    if (list.value() instanceof List && list.items().isEmpty()) {
      rules.warning(list, "is empty and asks nothing, as if it were absent");
    }
    for (Node item : list.items()) {
      if (item.isText() && item.text().isEmpty()) {
        rules.wrong(item, "a text that is not empty");
      }
    }
  }

  private void texts(Node list) {
    for (Node item : list.items()) {
      literalWildcard(item);
    }
  }

  private void literalWildcard(Node item) {
    String text = item.text();
    int star = text.indexOf('*', 1);
    boolean suffix = star == text.length() - 1 && !text.startsWith("*");
    if (item.isText() && star > 0 && !suffix) {
      rules.warning(
          item,
          Trees.brief(text)
              + ": a * is a wildcard only as the first or as the last character; the other is taken"
              + " as it is");
    }
  }

  private void principals(Node list) {
    for (Node item : list.items()) {
      if (item.text().startsWith("spiffe://")) {
        rules.warning(
            item,
            Trees.brief(item.value())
                + ": never matches (expected: <trust domain>/ns/<namespace>/sa/<account> without"
                + " spiffe://)");
      } else {
        literalWildcard(item);
      }
    }
  }

  private void accounts(Node list) {
    if (list.items().size() > MAX_ACCOUNTS) {
      rules.error(
          list, "has " + list.items().size() + " values (expected: at most " + MAX_ACCOUNTS + ")");
    }
    for (Node item : list.items()) {
      String text = item.text();
      String[] parts = text.split("/", -1);
      boolean empty = parts[0].isEmpty() || parts[parts.length - 1].isEmpty();
      if (!item.isText() || text.isEmpty()) {
        continue;
      }
      if (text.indexOf('*') >= 0) {
        rules.wrong(item, "the name of a service account without wildcard");
      } else if (parts.length > 2 || empty) {
        rules.wrong(item, "<account> or <namespace>/<account>");
      } else if (text.length() > MAX_ACCOUNT) {
        rules.wrong(item, "at most " + MAX_ACCOUNT + " characters, has " + text.length());
      }
    }
  }

  private void domains(Node list) {
    for (Node item : list.items()) {
      String text = item.text();
      int star = text.indexOf('*');
      boolean misplaced =
          star >= 0 && (text.indexOf('*', star + 1) >= 0 || (star > 0 && star < text.length() - 1));
      if (item.isText() && (text.indexOf('/') >= 0 || misplaced)) {
        rules.wrong(item, "a trust domain; it may begin or end with *");
      }
    }
  }

  private void blocks(Node list) {
    for (Node item : list.items()) {
      if (item.isText() && !item.text().isEmpty() && !isBlock(item.text())) {
        rules.wrong(item, "an IP address or a CIDR range, for example 10.0.0.0/8");
      }
    }
  }

  private static boolean isBlock(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!Names.isAddress(address)) {
      return false;
    }
    if (slash < 0) {
      return true;
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("0|[1-9][0-9]{0,2}")) {
      return false;
    }
    int length = Integer.parseInt(bits);
    // A mapped IPv4 address is that IPv4 address; a range around it is none of either.
    int least = address.toLowerCase(Locale.ROOT).startsWith("::ffff:") ? 96 : 0;
    return length >= least && length <= (address.indexOf(':') < 0 ? 32 : 128);
  }

  private void ports(Node list) {
    for (Node item : list.items()) {
      String text = item.text();
      boolean number = PeerAuthentications.portNumber(text) > 0;
      if (item.isText() && !text.isEmpty() && !number) {
        rules.wrong(item, "a port number, 1 to 65535");
      }
    }
  }

  private void methods(Node list) {
    for (Node item : list.items()) {
      String text = item.text();
      if (!text.equals(text.toUpperCase(Locale.ROOT))) {
        rules.warning(
            item,
            Trees.brief(text)
                + ": case matters, HTTP knows "
                + text.toUpperCase(Locale.ROOT)
                + " and no other form of it");
      } else {
        literalWildcard(item);
      }
    }
  }

  private void paths(Node list) {
    for (Node item : list.items()) {
      String text = item.text();
      if (!item.isText() || text.isEmpty()) {
        continue;
      }
      if (ESCAPE.matcher(text).find()) {
        rules.wrong(item, "two hexadecimal digits after each %");
      }
      if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
        template(item, text);
      } else {
        literalWildcard(item);
      }
      if (!text.startsWith("/") && !text.startsWith("*")) {
        rules.warning(item, Trees.brief(text) + ": never matches, as paths begin with /");
      }
      if (text.indexOf('?') >= 0) {
        rules.warning(item, Trees.brief(text) + ": never matches, as the query is no part of it");
      }
    }
  }

  private void template(Node item, String text) {
    boolean any = false;
    boolean operators = text.contains(ONE) || text.contains(ANY);
    for (String segment : trimSlashes(text).split("/", -1)) {
      boolean operator = ONE.equals(segment) || ANY.equals(segment);
      if (operator && any) {
        rules.wrong(item, "{**} as the last operator of a template");
        return;
      }
      any |= ANY.equals(segment);
      if (!operator && (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0)) {
        rules.wrong(item, "no { or } but for whole segments {*} and {**}");
        return;
      }
      boolean plain =
          SEGMENT.matcher(segment).matches() && !HIDDEN_OPERATOR.matcher(segment).find();
      if (!operator && operators && !plain) {
        rules.wrong(
            item,
            "in a template segments of plain characters; "
                + Trees.brief(segment)
                + " is none (no other wildcard, none that is empty)");
        return;
      }
    }
  }

  private static String trimSlashes(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == '/') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == '/') {
      to--;
    }
    return text.substring(from, to);
  }
}
