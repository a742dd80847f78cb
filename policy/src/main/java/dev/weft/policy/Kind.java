package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A kind of Istio's vocabulary. Immutable. */
public final class Kind {

  private final String group;
  private final String name;
  private final List<String> versions;
  private final boolean supported;
  private final String spec;

  Kind(String group, String name, List<String> versions, boolean supported, String spec) {
    this.group = group;
    this.name = name;
    this.versions = Collections.unmodifiableList(new ArrayList<>(versions));
    this.supported = supported;
    this.spec = spec;
  }

  /** All kinds that Istio has, also those that are not supported yet. */
  public static List<Kind> all() {
    return Schema.istio().kinds();
  }

  /** Null when Istio has no such kind in this group. */
  public static @Nullable Kind find(String group, String name) {
    return Schema.istio().kind(group, name);
  }

  /** {@code networking.istio.io}. */
  public String group() {
    return group;
  }

  /** {@code VirtualService}. */
  public String name() {
    return name;
  }

  /** Versions in which Istio served it, newest first. All have the same fields. */
  public List<String> versions() {
    return versions;
  }

  /** Whether documents of this kind do anything; others are refused with the reason. */
  public boolean supported() {
    return supported;
  }

  /** {@code virtualservice}. */
  public String singular() {
    return name.toLowerCase(Locale.ROOT);
  }

  /** {@code virtualservices}. */
  public String plural() {
    String singular = singular();
    int last = singular.length() - 1;
    boolean consonantAndY =
        singular.endsWith("y") && "aeiou".indexOf(singular.charAt(last - 1)) < 0;
    return consonantAndY ? singular.substring(0, last) + "ies" : singular + "s";
  }

  /** Name of the type of {@code spec} in the schema. */
  String spec() {
    return spec;
  }

  @Override
  public String toString() {
    return group + "/" + name;
  }
}
