package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.control.core.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft get}. */
@Command(
    name = "get",
    description = "Show resources, or what has registered: services, workloads.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class GetCommand implements Callable<Integer> {

  private static final String AS_TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "For example virtualservices, or vs; or services, or workloads.")
  private String what = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only this one.")
  private @Nullable String name;

  @Option(
      names = {"-n", "--namespace"},
      defaultValue = "default",
      description = "Namespace. Default: ${DEFAULT-VALUE}.")
  private String namespace = "default";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces.")
  private boolean allNamespaces;

  /** How to write the answer. */
  enum Format {
    table,
    yaml,
    json
  }

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Mixin private final ServerOption server = new ServerOption();

  GetCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    switch (what) {
      case "services", "service", "svc" -> overview(out, "/v1/services", "name");
      case "workloads", "workload", "instances" -> overview(out, "/v1/workloads", "instance");
      default -> resources(out, kind());
    }
    return 0;
  }

  private Kind kind() {
    try {
      return new KindName().convert(what);
    } catch (picocli.CommandLine.TypeConversionException e) {
      throw new picocli.CommandLine.ParameterException(
          spec.commandLine(), "KIND: " + KindName.unknown(what, "services", "workloads"));
    }
  }

  private void resources(PrintWriter out, Kind kind) {
    String path = KindName.path(kind, allNamespaces ? "" : namespace);
    if (name != null) {
      path = KindName.path(kind, namespace) + "/" + Client.encode(name);
    }
    if (format == Format.yaml) {
      out.print(server.client().get(path, Map.of(), "application/yaml").body());
      out.flush();
      return;
    }
    if (format == Format.json) {
      out.println(server.client().get(path, Map.of(), "application/json").json().toPrettyString());
      return;
    }
    JsonNode answer = server.client().get(path, Map.of(), AS_TABLE).json();
    List<String> header = new ArrayList<>();
    if (allNamespaces) {
      header.add("NAMESPACE");
    }
    for (JsonNode column : answer.path("columnDefinitions")) {
      header.add(column.path("name").asText().toUpperCase(java.util.Locale.ROOT));
    }
    Table table = new Table(header.toArray(new String[0]));
    for (JsonNode row : answer.path("rows")) {
      List<String> cells = new ArrayList<>();
      if (allNamespaces) {
        cells.add(row.path("object").path("metadata").path("namespace").asText());
      }
      row.path("cells").forEach(cell -> cells.add(cell.asText()));
      table.row(cells);
    }
    print(out, table, kind.plural());
  }

  private void overview(PrintWriter out, String path, String nameField) {
    Client client = server.client();
    List<JsonNode> items = new ArrayList<>();
    for (JsonNode item : client.getJson(path).path("items")) {
      boolean inNamespace = allNamespaces || item.path("namespace").asText().equals(namespace);
      if (inNamespace && (name == null || item.path(nameField).asText().equals(name))) {
        items.add(item);
      }
    }
    if (format == Format.json) {
      out.println(Client.MAPPER.valueToTree(items).toPrettyString());
      return;
    }
    if (format == Format.yaml) {
      items.forEach(item -> out.println("---\n" + item.toPrettyString()));
      return;
    }
    Table table =
        nameField.equals("name")
            ? new Table("NAMESPACE", "NAME", "READY", "VERSIONS", "PORTS", "FROM")
            : new Table("NAMESPACE", "INSTANCE", "SERVICE", "ADDRESS", "STATE", "SYNC", "LABELS");
    for (JsonNode item : items) {
      table.row(nameField.equals("name") ? service(item) : workload(item));
    }
    print(out, table, what);
  }

  private static List<String> service(JsonNode item) {
    return List.of(
        item.path("namespace").asText(),
        item.path("name").asText(),
        item.path("ready").asText() + "/" + item.path("instances").asText(),
        fields(item.path("versions")),
        values(item.path("ports")),
        item.path("from").asText());
  }

  private static List<String> workload(JsonNode item) {
    List<String> ports = new ArrayList<>();
    item.path("ports").forEach(port -> ports.add(port.path("number").asText()));
    return List.of(
        item.path("namespace").asText(),
        item.path("instance").asText(),
        item.path("service").asText(),
        item.path("address").asText() + ":" + String.join(",", ports),
        item.path("state").asText(),
        item.path("sync").asText(),
        fields(item.path("labels")));
  }

  private static String fields(JsonNode object) {
    List<String> fields = new ArrayList<>();
    object
        .properties()
        .forEach(field -> fields.add(field.getKey() + "=" + field.getValue().asText()));
    return String.join(",", fields);
  }

  private static String values(JsonNode array) {
    List<String> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asText()));
    return String.join(",", values);
  }

  private void print(PrintWriter out, Table table, String plural) {
    if (table.isEmpty()) {
      out.println("no " + plural + (allNamespaces ? "" : " in namespace " + namespace));
    } else {
      table.print(out);
    }
  }
}
