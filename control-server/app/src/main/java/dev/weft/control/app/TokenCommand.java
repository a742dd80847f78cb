package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft token}. */
@Command(
    name = "token",
    description = "Tokens by which agents get their identity, and tokens for admins.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TokenCommand.Create.class,
      TokenCommand.ListAll.class,
      TokenCommand.Revoke.class
    })
final class TokenCommand implements Runnable {

  private static final String PATH = "/v1/tokens";

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  TokenCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected: create, list or revoke");
  }

  /** {@code weft token create}. */
  @Command(
      name = "create",
      description = {
        "Make a token and print it; it cannot be shown again. An agent takes a join token as"
            + " weft.token or weft.token.file, and is then what the token says.",
        "An agent that asks again with the same key does not count twice."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Create implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Option(
        names = {"-n", "--namespace"},
        paramLabel = "NS",
        description = "Namespace of the workloads that join by it. Default: default.")
    private @Nullable String namespace;

    @Option(
        names = "--service-account",
        paramLabel = "SA",
        description = "Service account of the workloads that join by it. Default: default.")
    private @Nullable String serviceAccount;

    @Option(
        names = "--ttl",
        paramLabel = "SPAN",
        description = "How long it can be used: 90s, 15m, 1h, 7d. Default: 1h; admin: no end.")
    private @Nullable String ttl;

    @Option(
        names = "--uses",
        paramLabel = "N",
        description = "How often it can be used. Default: 0, without limit.")
    private @Nullable Integer uses;

    @Option(names = "--admin", description = "A token for the REST API instead.")
    private boolean admin;

    @Option(names = "--json", description = "As the server says it.")
    private boolean json;

    @Mixin private final ServerOption server = new ServerOption();

    Create() {}

    @Override
    public Integer call() {
      if (admin && (namespace != null || serviceAccount != null || uses != null)) {
        throw new ParameterException(
            spec.commandLine(), "--admin takes no --namespace, --service-account or --uses");
      }
      ObjectNode body = Client.MAPPER.createObjectNode();
      body.put("type", admin ? "admin" : "join");
      if (!admin) {
        body.put("namespace", namespace == null ? "default" : namespace);
        body.put("serviceAccount", serviceAccount == null ? "default" : serviceAccount);
        body.put("uses", uses == null ? 0 : uses);
      }
      if (ttl != null) {
        body.put("ttl", ttl);
      }
      JsonNode made =
          Client.ok(server.client().send("POST", PATH, Map.of(), "application/json", body)).json();
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? made.toPrettyString() : made.path("token").asText());
      return 0;
    }
  }

  /** {@code weft token list}. */
  @Command(
      name = "list",
      description = "All tokens that the server remembers, without their secrets.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Option(names = "--json", description = "As the server says it.")
    private boolean json;

    @Mixin private final ServerOption server = new ServerOption();

    ListAll() {}

    @Override
    public Integer call() {
      JsonNode items = server.client().getJson(PATH).path("items");
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(items.toPrettyString());
        return 0;
      }
      Table table =
          new Table("ID", "TYPE", "NAMESPACE", "SERVICE ACCOUNT", "STATE", "USED", "EXPIRES");
      for (JsonNode item : items) {
        int uses = item.path("uses").asInt();
        table.row(
            List.of(
                item.path("id").asText(),
                item.path("type").asText(),
                item.path("namespace").asText(),
                item.path("serviceAccount").asText(),
                item.path("state").asText(),
                item.path("used").asText() + (uses == 0 ? "" : "/" + uses),
                item.path("expires").asText("never").replace("null", "never")));
      }
      table.print(out);
      return 0;
    }
  }

  /** {@code weft token revoke}. */
  @Command(
      name = "revoke",
      description =
          "Make a token useless. Certificates that were issued by it hold until they expire, and"
              + " can be renewed.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "As 'weft token list' shows it.")
    private String id = "";

    @Mixin private final ServerOption server = new ServerOption();

    Revoke() {}

    @Override
    public Integer call() {
      Client.ok(
          server
              .client()
              .send("DELETE", PATH + "/" + Client.encode(id), Map.of(), "application/json", null));
      spec.commandLine().getOut().println("token " + id + " revoked");
      return 0;
    }
  }
}
