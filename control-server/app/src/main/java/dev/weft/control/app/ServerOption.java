package dev.weft.control.app;

import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which control server a command talks to. */
final class ServerOption {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${env:WEFT_SERVER:-http://localhost:8181}",
      description = "The control server. Default: environment WEFT_SERVER, or ${DEFAULT-VALUE}.")
  private String server = "http://localhost:8181";

  ServerOption() {}

  Client client() {
    String url = server.contains("://") ? server : "http://" + server;
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null) {
        return new Client(uri);
      }
    } catch (IllegalArgumentException e) {
      // Said below, with what was expected.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--server: " + server + " (expected: a URL such as http://localhost:8181)");
  }
}
