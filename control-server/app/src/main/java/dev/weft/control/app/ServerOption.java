package dev.weft.control.app;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:WEFT_TOKEN:-}",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description =
          "Admin token. Default: environment WEFT_TOKEN, or for a server on this machine what it"
              + " left in its data directory.")
  private String token = "";

  @Option(
      names = "--root-cert",
      paramLabel = "FILE",
      description =
          "Roots (PEM) that the certificate of an https server may lead to. Default: what a server"
              + " on this machine left in its data directory, or Java's own.")
  private @Nullable Path rootCert;

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "Data directory of a server on this machine. Default: ./weft-data.")
  private @Nullable Path dataDirectory;

  ServerOption() {}

  Client client() {
    URI uri = uri();
    AdminFiles files = new AdminFiles(dataDirectory == null ? Path.of("weft-data") : dataDirectory);
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    boolean loopback = isLoopback(uri.getHost());
    String bearer = token.strip();
    if (bearer.isEmpty() && (loopback || dataDirectory != null)) {
      bearer = files.readAdminToken().orElse("");
    }
    if (!bearer.isEmpty() && !https && !loopback) {
      throw new CommandFailure(
          "the token would travel to "
              + uri.getHost()
              + " in plaintext (hint: --server https://"
              + uri.getAuthority()
              + " --root-cert FILE; the roots are in the server's data directory, and at"
              + " /v1/trust-bundle)");
    }
    Path roots = rootCert;
    if (roots == null
        && https
        && (loopback || dataDirectory != null)
        && Files.isReadable(files.roots())) {
      roots = files.roots();
    }
    return new Client(uri, bearer, roots);
  }

  private static boolean isLoopback(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    // Without asking the DNS, which others may answer.
    return bare.equals("localhost") || bare.equals("::1") || bare.matches("127(\\.\\d{1,3}){3}");
  }

  private URI uri() {
    String url = server.contains("://") ? server : "http://" + server;
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with what was expected.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--server: " + server + " (expected: a URL such as http://localhost:8181)");
  }
}
