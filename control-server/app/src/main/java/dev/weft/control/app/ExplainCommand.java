package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft explain}. */
@Command(
    name = "explain",
    description = "What becomes of a request that a service sends, and why.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ExplainCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "URL", description = "As the service calls it.")
  private String url = "";

  @Option(
      names = "--from",
      paramLabel = "SERVICE",
      defaultValue = "",
      description = "The service that sends it. Default: anybody in the namespace.")
  private String from = "";

  @Option(
      names = {"-n", "--namespace"},
      defaultValue = "default",
      description = "Namespace of that service. Default: ${DEFAULT-VALUE}.")
  private String namespace = "default";

  @Option(
      names = {"-X", "--method"},
      defaultValue = "GET",
      description = "Method. Default: ${DEFAULT-VALUE}.")
  private String method = "GET";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "Header of the request; may be repeated.")
  private List<String> headers = List.of();

  @Mixin private final ServerOption server = new ServerOption();

  ExplainCommand() {}

  @Override
  public Integer call() {
    StringJoiner query = new StringJoiner("&", "?", "");
    query.add("namespace=" + Client.encode(namespace));
    query.add("service=" + Client.encode(from));
    query.add("url=" + Client.encode(url));
    query.add("method=" + Client.encode(method));
    headers.forEach(header -> query.add("header=" + Client.encode(header)));
    JsonNode answer = server.client().getJson("/v1/explain" + query);
    print(spec.commandLine().getOut(), answer);
    return 0;
  }

  static void print(PrintWriter out, JsonNode answer) {
    out.println(
        answer.path("caller").asText()
            + " calls "
            + answer.path("url").asText()
            + (answer.path("registered").asBoolean() ? "" : " (no instance of it is registered)"));
    section(out, "what the name means:", answer.path("resolution"));
    section(out, "what the agent does:", answer.path("decision"));
    section(out, "what is wrong:", answer.path("findings"));
  }

  private static void section(PrintWriter out, String title, JsonNode lines) {
    List<String> texts = new ArrayList<>();
    lines.forEach(line -> texts.add(line.asText()));
    if (!texts.isEmpty()) {
      out.println(title);
      texts.forEach(text -> out.println("  " + text));
    }
  }
}
