package dev.weft.control.app;

import dev.weft.control.core.Kind;
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

/** {@code weft delete}. */
@Command(
    name = "delete",
    description = "Delete a resource by kind and name, or all resources of files.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DeleteCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      converter = KindName.class,
      description = "For example virtualservice, or vs.")
  private @Nullable Kind kind;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Its name.")
  private @Nullable String name;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "File, directory, or - for standard input; may be repeated.")
  private List<String> files = List.of();

  @Option(
      names = {"-n", "--namespace"},
      defaultValue = "default",
      description = "Namespace. Default: ${DEFAULT-VALUE}.")
  private String namespace = "default";

  @Mixin private final ServerOption server = new ServerOption();

  DeleteCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (kind != null && name != null && files.isEmpty()) {
      String path = KindName.path(kind, namespace) + "/" + Client.encode(name);
      Client.ok(server.client().send("DELETE", path, Map.of(), "application/json", null));
      out.println(
          kind.singular()
              + "/"
              + name
              + (namespace.equals("default") ? "" : " in " + namespace)
              + " deleted");
      return 0;
    }
    if (kind != null || files.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "expected: either KIND NAME, or -f FILE");
    }
    Manifests manifests = Manifests.read(files, System.in);
    Client.Answer answer =
        server
            .client()
            .send(
                "DELETE",
                "/apply",
                Map.of("namespace", namespace),
                "application/json",
                manifests.list());
    if (answer.status() >= 400) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("refused, nothing was deleted:");
      Client.reasons(answer).forEach(reason -> err.println("  " + manifests.located(reason)));
      return 1;
    }
    if (answer.json().path("results").isEmpty()) {
      out.println("nothing to delete: none of them is there");
    }
    ApplyCommand.print(out, answer.json(), "");
    return 0;
  }
}
