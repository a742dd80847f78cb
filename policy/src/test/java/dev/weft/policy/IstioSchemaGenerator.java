package dev.weft.policy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code istio-schema.yaml} from the classes of {@code io.fabric8:istio-model}, so that the
 * vocabulary is Istio's and the agent needs neither that library nor Jackson.
 */
final class IstioSchemaGenerator {

  static final Path FILE = Path.of("src/main/resources/dev/weft/policy/istio-schema.yaml");

  private static final String API = "io.fabric8.istio.api.";
  private static final List<String> GROUPS =
      List.of("networking", "security", "telemetry", "extensions");

  private final ObjectMapper mapper = new ObjectMapper();
  private final List<Class<?>> classes = istioClasses();
  private final Map<String, TreeSet<String>> versions = new TreeMap<>();
  private final Map<String, String> specs = new TreeMap<>();
  private final Map<String, Class<?>> named = new TreeMap<>();
  private final Map<String, Map<String, String>> types = new TreeMap<>();
  private final Map<String, List<String>> enums = new TreeMap<>();
  private final Deque<Class<?>> open = new ArrayDeque<>();

  /** Writes the file anew; run by the command that the test of this class names. */
  public static void main(String[] args) throws IOException {
    Files.writeString(FILE, new IstioSchemaGenerator().generate(), StandardCharsets.UTF_8);
  }

  String generate() {
    for (Class<?> type : classes) {
      if (HasMetadata.class.isAssignableFrom(type)) {
        kind(type);
      }
    }
    while (!open.isEmpty()) {
      describe(open.remove());
    }
    return render();
  }

  private void kind(Class<?> type) {
    String apiVersion = HasMetadata.getApiVersion(type);
    String kind = HasMetadata.getGroup(type) + "/" + HasMetadata.getKind(type);
    versions
        .computeIfAbsent(kind, k -> new TreeSet<>())
        .add(apiVersion.substring(apiVersion.indexOf('/') + 1));
    for (BeanPropertyDefinition property : describe(mapper.constructType(type)).findProperties()) {
      if (property.getName().equals("spec")) {
        specs.put(kind, reference(property.getPrimaryType()));
      }
    }
  }

  private void describe(Class<?> type) {
    Map<String, String> fields = new TreeMap<>();
    for (BeanPropertyDefinition property : describe(mapper.constructType(type)).findProperties()) {
      AnnotatedField field = property.getField();
      if (field != null && field.hasAnnotation(JsonUnwrapped.class)) {
        addAlternatives(fields, property);
      } else {
        fields.put(property.getName(), reference(property.getPrimaryType()));
      }
    }
    types.put(name(type), fields);
  }

  /** protobuf's oneof: an interface, and one class with one field for each alternative. */
  private void addAlternatives(Map<String, String> fields, BeanPropertyDefinition oneof) {
    for (Class<?> alternative : classes) {
      if (oneof.getRawPrimaryType().isAssignableFrom(alternative) && !alternative.isInterface()) {
        for (BeanPropertyDefinition field :
            describe(mapper.constructType(alternative)).findProperties()) {
          fields.put(field.getName(), reference(field.getPrimaryType()) + " ^" + oneof.getName());
        }
      }
    }
  }

  private BeanDescription describe(JavaType type) {
    return mapper.getDeserializationConfig().introspect(type);
  }

  private String reference(JavaType type) {
    if (type.isCollectionLikeType()) {
      return "list " + reference(type.getContentType());
    }
    if (type.isMapLikeType()) {
      return "map " + reference(type.getContentType());
    }
    Class<?> raw = type.getRawClass();
    if (raw == String.class) {
      return "string";
    }
    if (raw == Boolean.class) {
      return "bool";
    }
    if (raw == Integer.class || raw == Long.class) {
      return "int";
    }
    if (raw == Double.class || raw == Float.class) {
      return "number";
    }
    if (!raw.getName().startsWith(API)) {
      return "any";
    }
    String name = name(raw);
    if (raw.isEnum()) {
      enums.computeIfAbsent(name, n -> values(raw));
    } else if (named.putIfAbsent(name, raw) == null) {
      open.add(raw);
    } else if (named.get(name) != raw) {
      throw new IllegalStateException("two classes called " + name + ": " + raw);
    }
    return name;
  }

  private List<String> values(Class<?> type) {
    List<String> values = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      values.add(Objects.requireNonNull(mapper.convertValue(constant, String.class)));
    }
    return values;
  }

  /** Networking is most of it and goes without a prefix. */
  private static String name(Class<?> type) {
    String group = type.getPackageName().replaceAll(".*\\.api\\.([a-z]+)\\.[a-z0-9]+$", "$1");
    return group.equals("networking") ? type.getSimpleName() : group + "." + type.getSimpleName();
  }

  private String render() {
    StringBuilder yaml = new StringBuilder();
    yaml.append(
            "# The vocabulary of Istio's kinds, made from io.fabric8:istio-model. Do not edit:\n")
        .append("# IstioSchemaTest says how to make it anew. Additions: istio-overlay.yaml.\n")
        .append(
            "# A type is bool, int, number, string, any, a name below, or a list or map of one;\n")
        .append("# of the fields with the same ^mark at most one may be set.\n");
    yaml.append("kinds:\n");
    specs.forEach(
        (kind, spec) ->
            yaml.append(
                String.format(
                    "  %s: {spec: %s, versions: [%s]}%n",
                    kind, spec, String.join(", ", Objects.requireNonNull(versions.get(kind))))));
    yaml.append("enums:\n");
    enums.forEach(
        (name, values) ->
            yaml.append(
                values.stream()
                    .map(value -> '"' + value + '"')
                    .collect(Collectors.joining(", ", "  " + name + ": [", "]\n"))));
    yaml.append("types:\n");
    types.forEach(
        (name, fields) -> {
          yaml.append("  ").append(name).append(fields.isEmpty() ? ": {}\n" : ":\n");
          fields.forEach(
              (field, type) ->
                  yaml.append("    ").append(field).append(": ").append(type).append('\n'));
        });
    return yaml.toString();
  }

  private static List<Class<?>> istioClasses() {
    try (JarFile jar =
        new JarFile(jarOf(io.fabric8.istio.api.networking.v1.VirtualService.class))) {
      List<Class<?>> classes = new ArrayList<>();
      for (String entry : jar.stream().map(e -> e.getName()).sorted().toList()) {
        Class<?> type = load(entry);
        if (type != null) {
          classes.add(type);
        }
      }
      return classes;
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Class<?> load(String entry) throws ClassNotFoundException {
    if (!entry.endsWith(".class") || entry.contains("$") || entry.contains("Fluent")) {
      return null;
    }
    String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
    boolean istio =
        name.startsWith(API) && GROUPS.stream().anyMatch(group -> name.contains("." + group + "."));
    boolean helper = name.endsWith("Builder") || name.endsWith("List");
    return istio && !helper ? Class.forName(name) : null;
  }

  private static String jarOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }
}
