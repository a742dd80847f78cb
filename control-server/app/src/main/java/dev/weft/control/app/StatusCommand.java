package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft status}. */
@Command(
    name = "status",
    description = "Who is in sync: the connected agents, and which of them took each resource.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Option(names = "--json", description = "As the server says it.")
  private boolean json;

  @Mixin private final ServerOption server = new ServerOption();

  StatusCommand() {}

  @Override
  public Integer call() {
    JsonNode status = server.client().getJson("/v1/status");
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(status.toPrettyString());
      return 0;
    }
    Table agents = new Table("AGENT", "NAMESPACE", "SERVICE", "STATE", "SYNC", "REJECTED");
    for (JsonNode agent : status.path("agents")) {
      agents.row(
          List.of(
              agent.path("instance").asText(),
              agent.path("namespace").asText(),
              agent.path("service").asText(),
              agent.path("state").asText(),
              agent.path("sync").asText().replace('_', ' '),
              rejections(agent)));
    }
    if (agents.isEmpty()) {
      out.println("no agent is connected");
    } else {
      agents.print(out);
    }
    out.println();
    Table resources = new Table("RESOURCE", "NAMESPACE", "NAME", "GENERATION", "STATUS");
    for (JsonNode resource : status.path("resources")) {
      resources.row(
          List.of(
              resource.path("kind").asText(),
              resource.path("namespace").asText(),
              resource.path("name").asText(),
              resource.path("generation").asText(),
              resource.path("summary").asText()));
    }
    if (resources.isEmpty()) {
      out.println("no resource is stored");
    } else {
      resources.print(out);
    }
    return 0;
  }

  private static String rejections(JsonNode agent) {
    StringBuilder text = new StringBuilder();
    for (JsonNode rejection : agent.path("rejections")) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(rejection.path("name").asText())
          .append(": ")
          .append(rejection.path("reason").asText());
    }
    return text.toString();
  }
}
