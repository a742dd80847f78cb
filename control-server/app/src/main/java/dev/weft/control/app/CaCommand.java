package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weft ca}. */
@Command(
    name = "ca",
    description = "The roots of trust of the mesh.",
    mixinStandardHelpOptions = true,
    subcommands = {CaCommand.Roots.class, CaCommand.Rotate.class, CaCommand.Retire.class})
final class CaCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  CaCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected: roots, rotate or retire");
  }

  private static void print(PrintWriter out, JsonNode answer) {
    Table table = new Table("ROLE", "SUBJECT", "EXPIRES", "SIGNS FROM", "PIN");
    for (JsonNode root : answer.path("items")) {
      table.row(
          List.of(
              root.path("role").asText(),
              root.path("subject").asText(),
              root.path("notAfter").asText(),
              root.path("signsFrom").asText(),
              root.path("pin").asText()));
    }
    table.print(out);
  }

  /** {@code weft ca roots}. */
  @Command(
      name = "roots",
      description = "The trusted roots, and what each does.",
      mixinStandardHelpOptions = true)
  static final class Roots implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Mixin private final ServerOption server = new ServerOption();

    Roots() {}

    @Override
    public Integer call() {
      print(spec.commandLine().getOut(), server.client().getJson("/v1/ca"));
      return 0;
    }
  }

  /** {@code weft ca rotate}. */
  @Command(
      name = "rotate",
      description = {
        "Make a new root. Both are trusted from now on; the new one signs a moment later.",
        "Drop the old one with 'weft ca retire' when all agents have renewed their certificates."
      },
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Mixin private final ServerOption server = new ServerOption();

    Rotate() {}

    @Override
    public Integer call() {
      post(server.client(), "/v1/ca/rotate", Map.of(), spec.commandLine().getOut());
      return 0;
    }
  }

  /** {@code weft ca retire}. */
  @Command(
      name = "retire",
      description =
          "Drop the root that no longer signs; what depends on it is refused from now on.",
      mixinStandardHelpOptions = true)
  static final class Retire implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Option(
        names = "--force",
        description = "Also while certificates or join tokens may depend on it.")
    private boolean force;

    @Mixin private final ServerOption server = new ServerOption();

    Retire() {}

    @Override
    public Integer call() {
      post(
          server.client(),
          "/v1/ca/retire",
          Map.of("force", Boolean.toString(force)),
          spec.commandLine().getOut());
      return 0;
    }
  }

  private static void post(Client client, String path, Map<String, String> query, PrintWriter out) {
    print(out, Client.ok(client.send("POST", path, query, "application/json", null)).json());
  }
}
