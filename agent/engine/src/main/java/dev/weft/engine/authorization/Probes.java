package dev.weft.engine.authorization;

import dev.weft.engine.address.Cidr;
import dev.weft.engine.tokens.Claims;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that policies may ask for. All throw {@link IllegalArgumentException} for values
 * that cannot be one, with the value and what was expected.
 */
final class Probes {

  private static final int MAX_PORT = 65535;

  private Probes() {}

  static Probe texts(List<String> values, Function<Subject, @Nullable String> attribute) {
    TextMatch[] matches = texts(values, false);
    return (subject, path) -> Probe.of(any(matches, attribute.apply(subject)));
  }

  static Probe hosts(List<String> values) {
    TextMatch[] matches = texts(values, true);
    return (subject, path) -> Probe.of(any(matches, subject.authority));
  }

  static Probe paths(List<String> values) {
    PathMatch[] matches = new PathMatch[values.size()];
    for (int i = 0; i < matches.length; i++) {
      matches[i] = PathMatch.of(values.get(i));
    }
    return (subject, path) -> {
      for (PathMatch match : matches) {
        if (match.matches(path)) {
          return Probe.YES;
        }
      }
      return Probe.NO;
    };
  }

  static Probe ports(List<String> values) {
    int[] ports = new int[values.size()];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = port(values.get(i));
    }
    IntPredicate known = port -> Arrays.stream(ports).anyMatch(each -> each == port);
    return (subject, path) -> Probe.of(known.test(subject.port));
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(text + " (expected: 1 to 65535)");
  }

  static Probe addresses(List<String> values, Function<Subject, byte @Nullable []> attribute) {
    List<Cidr> blocks = new ArrayList<>();
    for (String value : values) {
      Cidr block = Cidr.parse(value);
      if (block == null) {
        throw new IllegalArgumentException(
            value + " (expected: an IP address or a block such as 10.0.0.0/8)");
      }
      blocks.add(block);
    }
    return (subject, path) -> {
      byte[] address = attribute.apply(subject);
      if (address == null) {
        return Probe.UNKNOWN;
      }
      for (Cidr block : blocks) {
        if (block.contains(address)) {
          return Probe.YES;
        }
      }
      return Probe.NO;
    };
  }

  /**
   * @param values {@code namespace/account}, or {@code account} in {@code namespace}
   */
  static Probe serviceAccounts(List<String> values, String namespace) {
    List<String> full = new ArrayList<>();
    for (String value : values) {
      full.add(value.indexOf('/') < 0 ? namespace + "/" + value : value);
    }
    return (subject, path) -> {
      String account = subject.part(2);
      return Probe.of(account != null && full.contains(subject.part(1) + "/" + account));
    };
  }

  static Probe header(List<String> values, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    TextMatch[] matches = texts(values, false);
    return (subject, path) ->
        subject.headers.isKnown(lower)
            ? Probe.of(any(matches, subject.headers.value(lower)))
            : Probe.UNKNOWN;
  }

  static Probe requestPrincipals(List<String> values) {
    List<RequestPrincipal> principals = new ArrayList<>();
    for (String value : values) {
      principals.add(RequestPrincipal.of(value));
    }
    return (subject, path) -> {
      Claims claims = subject.claims;
      return Probe.of(claims != null && principals.stream().anyMatch(each -> each.matches(claims)));
    };
  }

  static Probe claims(List<String> values, Function<Claims, List<String>> claim) {
    TextMatch[] matches = texts(values, false);
    return (subject, path) -> {
      Claims claims = subject.claims;
      if (claims == null) {
        return Probe.NO;
      }
      for (String each : claim.apply(claims)) {
        if (any(matches, each)) {
          return Probe.YES;
        }
      }
      return Probe.NO;
    };
  }

  /** An attribute that nobody here can know. */
  static Probe unknown() {
    return (subject, path) -> Probe.UNKNOWN;
  }

  private static TextMatch[] texts(List<String> values, boolean ignoreCase) {
    TextMatch[] matches = new TextMatch[values.size()];
    for (int i = 0; i < matches.length; i++) {
      matches[i] = TextMatch.of(values.get(i), ignoreCase);
    }
    return matches;
  }

  private static boolean any(TextMatch[] matches, @Nullable String value) {
    for (TextMatch match : matches) {
      if (match.matches(value)) {
        return true;
      }
    }
    return false;
  }
}
