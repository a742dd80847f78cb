package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.control.core.Kind;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code weft describe}. */
@Command(
    name = "describe",
    description = "A resource with its status, or a service with the policies that hold for it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DescribeCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "A kind of resource, or service or workload.")
  private String what = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      defaultValue = "default",
      description = "Namespace. Default: ${DEFAULT-VALUE}.")
  private String namespace = "default";

  @Mixin private final ServerOption server = new ServerOption();

  DescribeCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (what.equals("service") || what.equals("svc") || what.equals("workload")) {
      service(out);
    } else {
      resource(out, kind());
    }
    return 0;
  }

  private Kind kind() {
    try {
      return new KindName().convert(what);
    } catch (TypeConversionException e) {
      throw new ParameterException(
          spec.commandLine(), "KIND: " + KindName.unknown(what, "service", "workload"));
    }
  }

  private void resource(PrintWriter out, Kind kind) {
    Client client = server.client();
    String path = KindName.path(kind, namespace) + "/" + Client.encode(name);
    String yaml = client.get(path, Map.of(), "application/yaml").body();
    JsonNode status =
        client.getJson(
            "/v1/status/"
                + kind.singular()
                + "/"
                + Client.encode(namespace)
                + "/"
                + Client.encode(name));
    out.println(kind.name() + " " + namespace + "/" + name);
    out.println("  status: " + status.path("summary").asText());
    for (JsonNode delivery : status.path("deliveries")) {
      String reason = delivery.path("reason").asText();
      out.println(
          "  agent "
              + delivery.path("agent").asText()
              + ": "
              + delivery.path("answer").asText().toLowerCase(java.util.Locale.ROOT)
              + (reason.isEmpty() ? "" : ": " + reason));
    }
    for (JsonNode message : status.path("messages")) {
      out.println(
          "  "
              + message.path("level").asText().toLowerCase(java.util.Locale.ROOT)
              + " "
              + message.path("type").path("code").asText()
              + ": "
              + message.path("message").asText());
    }
    for (JsonNode workload : status.path("selects")) {
      out.println(
          "  selects "
              + workload.path("namespace").asText()
              + "/"
              + workload.path("service").asText()
              + " ("
              + workload.path("instances").size()
              + " instances): mutual TLS "
              + modes(workload));
    }
    out.println();
    out.print(yaml);
    out.flush();
  }

  private static String modes(JsonNode workload) {
    StringBuilder modes = new StringBuilder(workload.path("mutualTls").asText());
    workload
        .path("portMutualTls")
        .properties()
        .forEach(
            port ->
                modes
                    .append(", port ")
                    .append(port.getKey())
                    .append(" ")
                    .append(port.getValue().asText()));
    return modes.toString();
  }

  /** What its workloads do with requests that arrive. */
  private void inbound(PrintWriter out, Client client) {
    JsonNode workloads =
        client
            .getJson("/v1/workloads/" + Client.encode(namespace) + "/" + Client.encode(name))
            .path("items");
    for (JsonNode workload : workloads) {
      out.println(
          "requests that arrive"
              + (workloads.size() == 1 ? "" : " at " + workload.path("labels"))
              + ":");
      workload.path("explanation").forEach(line -> out.println("  " + line.asText()));
    }
  }

  private void service(PrintWriter out) {
    Client client = server.client();
    boolean found = false;
    for (JsonNode item : client.getJson("/v1/services").path("items")) {
      if (item.path("namespace").asText().equals(namespace)
          && item.path("name").asText().equals(name)) {
        found = true;
        out.println(
            "service "
                + namespace
                + "/"
                + name
                + ": "
                + item.path("ready").asText()
                + " of "
                + item.path("instances").asText()
                + " instances ready, versions "
                + item.path("versions"));
      }
    }
    if (!found) {
      out.println("service " + namespace + "/" + name + ": no instance is registered");
    }
    boolean registered = false;
    for (JsonNode item : client.getJson("/v1/workloads").path("items")) {
      if (item.path("namespace").asText().equals(namespace)
          && item.path("service").asText().equals(name)) {
        registered = true;
        out.println(
            "  "
                + item.path("instance").asText()
                + " "
                + item.path("address").asText()
                + " "
                + item.path("labels")
                + " "
                + item.path("state").asText());
        item.path("libraries").forEach(library -> out.println("    " + library.asText()));
        item.path("refusals").forEach(refusal -> out.println("    " + refusal.asText()));
      }
    }
    if (registered) {
      inbound(out, client);
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("namespace", namespace);
    query.put("url", "http://" + name + "/");
    JsonNode explained = client.get("/v1/explain", query, "application/json").json();
    out.println("a caller in " + namespace + ":");
    for (String part : List.of("resolution", "decision", "findings")) {
      explained.path(part).forEach(line -> out.println("  " + line.asText()));
    }
  }
}
