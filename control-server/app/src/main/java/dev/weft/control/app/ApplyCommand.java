package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft apply}. */
@Command(
    name = "apply",
    description = {
      "Create or change the resources in files: all of them, or none when one is refused.",
      "Exit code 1 and every reason when something is refused."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ApplyCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "File, directory, or - for standard input; may be repeated.")
  private List<String> files = List.of();

  @Option(
      names = {"-n", "--namespace"},
      defaultValue = "default",
      description = "Namespace of documents that name none. Default: ${DEFAULT-VALUE}.")
  private String namespace = "default";

  @Option(names = "--dry-run", description = "Say what would happen, and store nothing.")
  private boolean dryRun;

  @Mixin private final ServerOption server = new ServerOption();

  ApplyCommand() {}

  @Override
  public Integer call() {
    Manifests manifests = Manifests.read(files, System.in);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("namespace", namespace);
    if (dryRun) {
      query.put("dryRun", "All");
    }
    Client.Answer answer =
        server.client().send("POST", "/apply", query, "application/json", manifests.list());
    if (answer.status() >= 400) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("refused, nothing was stored:");
      Client.reasons(answer).forEach(reason -> err.println("  " + manifests.located(reason)));
      return 1;
    }
    print(spec.commandLine().getOut(), answer.json(), dryRun ? " (dry run)" : "");
    return 0;
  }

  static void print(PrintWriter out, JsonNode answer, String suffix) {
    for (JsonNode result : answer.path("results")) {
      String namespace = result.path("namespace").asText();
      out.println(
          result.path("kind").asText().toLowerCase(Locale.ROOT)
              + "/"
              + result.path("name").asText()
              + (namespace.equals("default") ? "" : " in " + namespace)
              + " "
              + result.path("result").asText()
              + suffix);
      for (JsonNode warning : result.path("warnings")) {
        out.println("  note: " + warning.asText());
      }
    }
  }
}
