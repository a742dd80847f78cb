package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind of resource as Kubernetes sees it. One resource is served in each of the versions; they
 * are one and the same.
 *
 * @param versions the preferred one first
 */
public record Kind(
    String group,
    String name,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> versions) {

  private static final Map<String, List<String>> SHORT_NAMES =
      Map.of(
          "AuthorizationPolicy", List.of("ap"),
          "DestinationRule", List.of("dr"),
          "PeerAuthentication", List.of("pa"),
          "RequestAuthentication", List.of("ra"),
          "ServiceEntry", List.of("se"),
          "VirtualService", List.of("vs"),
          "WorkloadEntry", List.of("we"));

  private static final List<Kind> ALL =
      dev.weft.policy.Kind.all().stream()
          .filter(dev.weft.policy.Kind::supported)
          .map(Kind::of)
          .sorted(Comparator.comparing(Kind::group).thenComparing(Kind::name))
          .toList();

  public static final Kind VIRTUAL_SERVICE = named("VirtualService");
  public static final Kind DESTINATION_RULE = named("DestinationRule");
  public static final Kind SERVICE_ENTRY = named("ServiceEntry");
  public static final Kind PEER_AUTHENTICATION = named("PeerAuthentication");
  public static final Kind REQUEST_AUTHENTICATION = named("RequestAuthentication");
  public static final Kind AUTHORIZATION_POLICY = named("AuthorizationPolicy");

  public Kind {
    requireNonNull(group, "group");
    requireNonNull(name, "name");
    shortNames = List.copyOf(shortNames);
    versions = List.copyOf(versions);
  }

  /** Every kind that this server stores: what policy supports, in the order of their names. */
  public static List<Kind> all() {
    return ALL;
  }

  /** The kind that a document names by its {@code apiVersion} and {@code kind}; null: not ours. */
  public static @Nullable Kind of(String apiVersion, String kind) {
    for (Kind each : ALL) {
      if (each.name.equals(kind) && each.serves(apiVersion)) {
        return each;
      }
    }
    return null;
  }

  /** The kind that a path names; null: not ours. */
  public static @Nullable Kind ofPlural(String group, String plural) {
    for (Kind each : ALL) {
      if (each.group.equals(group) && each.plural.equals(plural)) {
        return each;
      }
    }
    return null;
  }

  /** The kind that a person means: any of its names, in any case; null: not ours. */
  public static @Nullable Kind ofWord(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    for (Kind each : ALL) {
      if (lower.equals(each.plural)
          || lower.equals(each.singular)
          || each.shortNames.contains(lower)
          || lower.equals(each.plural + "." + each.group)) {
        return each;
      }
    }
    return null;
  }

  /** Whether it is about requests that arrive: every agent that it selects gets it unasked. */
  public boolean isSecurity() {
    return group.equals("security.istio.io");
  }

  public String preferredApiVersion() {
    return group + "/" + versions.get(0);
  }

  private boolean serves(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash > 0
        && apiVersion.substring(0, slash).equals(group)
        && versions.contains(apiVersion.substring(slash + 1));
  }

  private static Kind of(dev.weft.policy.Kind kind) {
    return new Kind(
        kind.group(),
        kind.name(),
        kind.plural(),
        kind.singular(),
        SHORT_NAMES.getOrDefault(kind.name(), List.of()),
        kind.versions());
  }

  private static Kind named(String name) {
    return ALL.stream()
        .filter(kind -> kind.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("policy does not know " + name));
  }

  @Override
  public String toString() {
    return name;
  }
}
