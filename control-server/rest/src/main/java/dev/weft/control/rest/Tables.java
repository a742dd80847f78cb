package dev.weft.control.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import dev.weft.control.core.Kind;
import dev.weft.control.core.Resource;
import dev.weft.control.core.StatusReport;
import dev.weft.control.core.Trees;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Resources as kubectl shows them: rows of a {@code Table}, or whole with their status. */
final class Tables {

  private static final Column NAME = new Column("Name", resource -> resource.key().name());

  private final Clock clock;
  private final StatusReport report;

  Tables(Clock clock, StatusReport report) {
    this.clock = requireNonNull(clock, "clock");
    this.report = requireNonNull(report, "report");
  }

  private record Column(String name, Function<Resource, Object> value) {}

  /** Whether the request would rather have a table. */
  boolean asked(RequestHeaders headers) {
    return headers.get(HttpHeaderNames.ACCEPT, "").contains("as=Table");
  }

  Map<String, Object> withStatus(Resource resource, String apiVersion) {
    Map<String, Object> tree = resource.tree(apiVersion);
    tree.put("status", report.status(resource));
    return tree;
  }

  /**
   * @param withColumns a watch defines its columns only once
   */
  Map<String, Object> table(
      Kind kind, List<Resource> resources, String apiVersion, long revision, boolean withColumns) {
    List<Column> columns = columns(kind);
    List<Object> rows = new ArrayList<>();
    for (Resource resource : resources) {
      List<Object> cells = new ArrayList<>();
      columns.forEach(column -> cells.add(column.value().apply(resource)));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("cells", cells);
      row.put("object", partial(resource, apiVersion));
      rows.add(row);
    }
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("kind", "Table");
    table.put("apiVersion", "meta.k8s.io/v1");
    table.put("metadata", Map.of("resourceVersion", Long.toString(revision)));
    table.put("columnDefinitions", withColumns ? definitions(columns) : List.of());
    table.put("rows", rows);
    return table;
  }

  private static Map<String, Object> partial(Resource resource, String apiVersion) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("kind", "PartialObjectMetadata");
    object.put("apiVersion", "meta.k8s.io/v1");
    object.put("metadata", Trees.map(resource.tree(apiVersion), "metadata"));
    return object;
  }

  private List<Column> columns(Kind kind) {
    List<Column> columns = new ArrayList<>();
    columns.add(NAME);
    if (kind.equals(Kind.VIRTUAL_SERVICE)) {
      columns.add(spec("Gateways", "gateways"));
      columns.add(spec("Hosts", "hosts"));
    } else if (kind.equals(Kind.DESTINATION_RULE)) {
      columns.add(spec("Host", "host"));
    } else if (kind.equals(Kind.SERVICE_ENTRY)) {
      columns.add(spec("Hosts", "hosts"));
      columns.add(spec("Location", "location"));
      columns.add(spec("Resolution", "resolution"));
    } else if (kind.equals(Kind.PEER_AUTHENTICATION)) {
      columns.add(
          new Column(
              "Mode",
              resource -> {
                Map<String, Object> mtls = Trees.map(Trees.map(resource.body(), "spec"), "mtls");
                return Trees.text(mtls, "mode");
              }));
    } else if (kind.equals(Kind.AUTHORIZATION_POLICY)) {
      // An ALLOW policy need not say so.
      columns.add(
          new Column(
              "Action",
              resource -> {
                String action = Trees.text(Trees.map(resource.body(), "spec"), "action");
                return action.isEmpty() ? "ALLOW" : action;
              }));
    } else if (!kind.equals(Kind.REQUEST_AUTHENTICATION)) {
      columns.add(spec("Address", "address"));
    }
    columns.add(new Column("Agents", this::agents));
    columns.add(new Column("Age", this::age));
    return columns;
  }

  private static Column spec(String name, String field) {
    return new Column(
        name,
        resource -> {
          Object value = Trees.map(resource.body(), "spec").get(field);
          return value instanceof List<?> ? new String(Bodies.write(value), UTF_8) : text(value);
        });
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : String.valueOf(value);
  }

  /** How many of the agents that use it have it as it was last written. */
  private String agents(Resource resource) {
    StatusReport.View view = report.of(resource);
    String count = view.accepted() + "/" + view.agents();
    return view.held().isEmpty() ? count : count + " (held back)";
  }

  private String age(Resource resource) {
    return Ages.text(Duration.between(resource.created(), clock.instant()));
  }

  private static List<Object> definitions(List<Column> columns) {
    List<Object> definitions = new ArrayList<>();
    for (Column column : columns) {
      Map<String, Object> definition = new LinkedHashMap<>();
      definition.put("name", column.name());
      definition.put("type", "string");
      definition.put("format", column.name().equals("Name") ? "name" : "");
      definition.put("description", column.name());
      definition.put("priority", 0);
      definitions.add(definition);
    }
    return definitions;
  }
}
