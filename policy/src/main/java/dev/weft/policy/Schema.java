package dev.weft.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The vocabulary of Istio's kinds: what {@code istio-schema.yaml} took from istio-model and what
 * {@code istio-overlay.yaml} adds by hand. Immutable.
 */
final class Schema {

  /** Read when first asked for: an agent without a policy file never does. */
  private static final class Istio {
    static final Schema SCHEMA = new Schema(resource("istio-schema"), resource("istio-overlay"));
  }

  private static final List<String> SCALARS =
      Arrays.asList(
          "any",
          "bool",
          "duration",
          "duration0",
          "int",
          "number",
          "percent",
          "percentage",
          "port",
          "string",
          "uint");

  private final List<Kind> kinds = new ArrayList<>();
  private final Map<String, Kind> kindsByName = new LinkedHashMap<>();
  private final Map<String, Map<String, Field>> types = new LinkedHashMap<>();
  private final Map<String, Set<String>> enums = new LinkedHashMap<>();

  private Schema(Map<String, Object> generated, Map<String, Object> overlay) {
    readEnums(Trees.map(generated.get("enums")));
    readTypes(Trees.map(generated.get("types")), overlay);
    readKinds(Trees.map(generated.get("kinds")), Trees.list(overlay.get("supported")));
  }

  static Schema istio() {
    return Istio.SCHEMA;
  }

  List<Kind> kinds() {
    return Collections.unmodifiableList(kinds);
  }

  @Nullable Kind kind(String group, String name) {
    return kindsByName.get(group + "/" + name);
  }

  /** The fields of a type by name; null when {@code type} is none. */
  @Nullable Map<String, Field> fields(String type) {
    return types.get(type);
  }

  /** The values of an enum; null when {@code type} is none. */
  @Nullable Set<String> values(String type) {
    return enums.get(type);
  }

  /** One field of a type. */
  static final class Field {
    /** {@code string}, {@code list HTTPRoute}, {@code map string}. */
    final String type;

    /** Of the fields with the same mark at most one may be set; empty: it stands alone. */
    final String oneOf;

    /** Why it changes nothing; empty: it does. */
    final String noEffect;

    Field(String type, String oneOf, String noEffect) {
      this.type = type;
      this.oneOf = oneOf;
      this.noEffect = noEffect;
    }
  }

  private void readEnums(Map<String, Object> from) {
    for (Map.Entry<String, Object> entry : from.entrySet()) {
      Set<String> values = new LinkedHashSet<>();
      for (Object value : Trees.list(entry.getValue())) {
        values.add(Trees.text(value));
      }
      enums.put(entry.getKey(), values);
    }
  }

  private void readTypes(Map<String, Object> from, Map<String, Object> overlay) {
    Map<String, Map<String, String>> merged = new LinkedHashMap<>();
    for (Map.Entry<String, Object> type : from.entrySet()) {
      merged.put(type.getKey(), Trees.texts(type.getValue()));
    }
    for (Map.Entry<String, String> added : Trees.texts(overlay.get("fields")).entrySet()) {
      fieldsOf(merged, added.getKey()).put(field(added.getKey()), added.getValue());
    }
    for (Map.Entry<String, String> narrow : Trees.texts(overlay.get("narrow")).entrySet()) {
      String wide = known(fieldsOf(merged, narrow.getKey()).get(field(narrow.getKey())), narrow);
      int mark = wide.indexOf(" ^");
      fieldsOf(merged, narrow.getKey())
          .put(field(narrow.getKey()), narrow.getValue() + (mark < 0 ? "" : wide.substring(mark)));
    }
    Map<String, String> noEffect = Trees.texts(overlay.get("noEffect"));
    for (Map.Entry<String, String> entry : noEffect.entrySet()) {
      known(fieldsOf(merged, entry.getKey()).get(field(entry.getKey())), entry);
    }
    for (Map.Entry<String, Map<String, String>> type : merged.entrySet()) {
      Map<String, Field> fields = new LinkedHashMap<>();
      for (Map.Entry<String, String> field : type.getValue().entrySet()) {
        String[] parts = field.getValue().split(" \\^", 2);
        fields.put(
            field.getKey(),
            new Field(
                checked(parts[0], merged.keySet()),
                parts.length == 2 ? parts[1] : "",
                noEffect.getOrDefault(type.getKey() + "." + field.getKey(), "")));
      }
      types.put(type.getKey(), fields);
    }
  }

  private String checked(String reference, Set<String> typeNames) {
    String name = reference.substring(reference.lastIndexOf(' ') + 1);
    if (!SCALARS.contains(name) && !typeNames.contains(name) && !enums.containsKey(name)) {
      throw new IllegalStateException("schema: no type is called " + name);
    }
    return reference;
  }

  private static <T> T known(@Nullable T value, Map.Entry<String, String> overlay) {
    if (value == null) {
      throw new IllegalStateException("istio-overlay.yaml names no known field: " + overlay);
    }
    return value;
  }

  private static Map<String, String> fieldsOf(
      Map<String, Map<String, String>> types, String qualified) {
    return types.computeIfAbsent(
        qualified.substring(0, qualified.lastIndexOf('.')), type -> new LinkedHashMap<>());
  }

  private static String field(String qualified) {
    return qualified.substring(qualified.lastIndexOf('.') + 1);
  }

  private void readKinds(Map<String, Object> from, List<?> supported) {
    for (Map.Entry<String, Object> entry : from.entrySet()) {
      Map<String, Object> about = Trees.map(entry.getValue());
      List<String> versions = new ArrayList<>();
      for (Object version : Trees.list(about.get("versions"))) {
        versions.add(Trees.text(version));
      }
      versions.sort(Comparator.comparing(Schema::maturity));
      String qualified = entry.getKey();
      int slash = qualified.indexOf('/');
      Kind kind =
          new Kind(
              qualified.substring(0, slash),
              qualified.substring(slash + 1),
              versions,
              supported.contains(qualified),
              Trees.text(about.get("spec")));
      kinds.add(kind);
      kindsByName.put(qualified, kind);
    }
  }

  private static String maturity(String version) {
    return version.replace("beta", "~1").replace("alpha", "~2");
  }

  private static Map<String, Object> resource(String name) {
    try (InputStream in = Schema.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException(name + ".yaml is missing beside " + Schema.class);
      }
      return Trees.map(
          Trees.freeze(new Load(LoadSettings.builder().build()).loadFromInputStream(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
