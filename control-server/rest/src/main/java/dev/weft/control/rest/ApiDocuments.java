package dev.weft.control.rest;

import dev.weft.control.core.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Discovery: which groups, versions and kinds there are, the way kubectl asks for it. */
final class ApiDocuments {

  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private ApiDocuments() {}

  /** {@code /api}: the core group, of which this server has nothing. */
  static Map<String, Object> coreVersions() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", "APIVersions");
    document.put("versions", List.of());
    document.put("serverAddressByClientCIDRs", List.of());
    return document;
  }

  /** {@code /api/v1}. */
  static Map<String, Object> coreResources() {
    return resourceList("v1", List.of());
  }

  /** {@code /apis}. */
  static Map<String, Object> groups() {
    List<Object> groups = new ArrayList<>();
    for (String group : groupNames()) {
      Map<String, Object> entry = group(group);
      if (entry != null) {
        groups.add(entry);
      }
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", "APIGroupList");
    document.put("apiVersion", "v1");
    document.put("groups", groups);
    return document;
  }

  /** {@code /apis/<group>}; null: no such group. */
  static @Nullable Map<String, Object> group(String name) {
    List<Object> versions = new ArrayList<>();
    for (String version : versionsOf(name)) {
      versions.add(version(name, version));
    }
    if (versions.isEmpty()) {
      return null;
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", "APIGroup");
    document.put("apiVersion", "v1");
    document.put("name", name);
    document.put("versions", versions);
    document.put("preferredVersion", versions.get(0));
    return document;
  }

  /** {@code /apis/<group>/<version>}; null: no such version. */
  static @Nullable Map<String, Object> resources(String group, String version) {
    if (!versionsOf(group).contains(version)) {
      return null;
    }
    List<Object> resources = new ArrayList<>();
    for (Kind kind : kinds(group, version)) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", kind.plural());
      entry.put("singularName", kind.singular());
      entry.put("namespaced", true);
      entry.put("kind", kind.name());
      entry.put("verbs", VERBS);
      entry.put("shortNames", kind.shortNames());
      entry.put("categories", List.of("istio-io", kind.group().replace('.', '-')));
      resources.add(entry);
    }
    return resourceList(group + "/" + version, resources);
  }

  /** {@code /openapi/v3}. */
  static Map<String, Object> openApiPaths() {
    Map<String, Object> paths = new LinkedHashMap<>();
    for (String group : groupNames()) {
      for (String version : versionsOf(group)) {
        String path = "apis/" + group + "/" + version;
        paths.put(path, Map.of("serverRelativeURL", "/openapi/v3/" + path));
      }
    }
    return Map.of("paths", paths);
  }

  /**
   * {@code /openapi/v3/apis/<group>/<version>}; null: no such version. Just enough for kubectl to
   * know that this server validates fields itself.
   */
  static @Nullable Map<String, Object> openApi(String group, String version) {
    if (!versionsOf(group).contains(version)) {
      return null;
    }
    Map<String, Object> paths = new LinkedHashMap<>();
    Map<String, Object> schemas = new LinkedHashMap<>();
    for (Kind kind : kinds(group, version)) {
      Map<String, Object> gvk = Map.of("group", group, "version", version, "kind", kind.name());
      paths.put(
          "/apis/" + group + "/" + version + "/namespaces/{namespace}/" + kind.plural() + "/{name}",
          Map.of("patch", patchOperation(kind, gvk)));
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "object");
      schema.put("x-kubernetes-preserve-unknown-fields", true);
      schema.put("x-kubernetes-group-version-kind", List.of(gvk));
      schemas.put("io.istio.networking." + version + "." + kind.name(), schema);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.0.0");
    document.put("info", Map.of("title", "Weft", "version", version));
    document.put("paths", paths);
    document.put("components", Map.of("schemas", schemas));
    return document;
  }

  private static Map<String, Object> patchOperation(Kind kind, Map<String, Object> gvk) {
    List<Object> parameters = new ArrayList<>();
    for (String name : List.of("dryRun", "fieldValidation")) {
      parameters.add(Map.of("name", name, "in", "query", "schema", Map.of("type", "string")));
    }
    Map<String, Object> object = Map.of("schema", Map.of("type", "object"));
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("operationId", "patch" + kind.name());
    operation.put("parameters", parameters);
    operation.put("requestBody", Map.of("content", Map.of("application/merge-patch+json", object)));
    operation.put("responses", Map.of("200", Map.of("description", "OK")));
    operation.put("x-kubernetes-action", "patch");
    operation.put("x-kubernetes-group-version-kind", gvk);
    return operation;
  }

  private static Map<String, Object> resourceList(String groupVersion, List<Object> resources) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", "APIResourceList");
    document.put("apiVersion", "v1");
    document.put("groupVersion", groupVersion);
    document.put("resources", resources);
    return document;
  }

  private static Map<String, Object> version(String group, String version) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("groupVersion", group + "/" + version);
    entry.put("version", version);
    return entry;
  }

  private static Set<String> groupNames() {
    Set<String> groups = new LinkedHashSet<>();
    Kind.all().forEach(kind -> groups.add(kind.group()));
    return groups;
  }

  private static Set<String> versionsOf(String group) {
    Set<String> versions = new LinkedHashSet<>();
    for (Kind kind : Kind.all()) {
      if (kind.group().equals(group)) {
        versions.addAll(kind.versions());
      }
    }
    return versions;
  }

  private static List<Kind> kinds(String group, String version) {
    return Kind.all().stream()
        .filter(kind -> kind.group().equals(group) && kind.versions().contains(version))
        .toList();
  }
}
