package dev.weft.control.app;

import dev.weft.control.ca.CaException;
import dev.weft.control.core.MeshConfig;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Spans;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.control.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weft server}. */
@Command(
    name = "server",
    description = {
      "Run the control server: REST for policies and the stream to the agents, on one port.",
      "It listens on all addresses, because agents on other hosts have to reach it, in TLS and in"
          + " plaintext on the same port. It asks who is calling: the first start makes an admin"
          + " token for the commands and for kubectl, and 'weft token create' makes the tokens by"
          + " which agents get their identity. With --insecure it asks nobody."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServerCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8181",
      description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Address to listen on. Default: ${DEFAULT-VALUE} (all of IPv4).")
  private String bind = "0.0.0.0";

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      defaultValue = "./weft-data",
      description = "Where policies are kept. Default: ${DEFAULT-VALUE}.")
  private Path dataDirectory = Path.of("weft-data");

  @Option(
      names = "--insecure",
      description =
          "Let everybody change policy, and agents without identity in. For trying things out.")
  private boolean insecure;

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      description =
          "Trust domain of the identities. Default: that of the mesh configuration, or"
              + " cluster.local.")
  private @Nullable String trustDomainOption;

  @Option(
      names = "--mesh-config",
      paramLabel = "FILE",
      description =
          "What holds for the whole mesh, in YAML with the names of Istio's MeshConfig:"
              + " trustDomainAliases, rootNamespace, outboundTrafficPolicy, pathNormalization,"
              + " extensionProviders, defaultConfig.gatewayTopology; and weft.jwksAllowedCidrs.")
  private @Nullable Path meshConfigFile;

  @Option(
      names = "--ca-dir",
      paramLabel = "DIRECTORY",
      description =
          "Sign with your own authority: ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem."
              + " Default: a root that is made at the first start, in the data directory.")
  private @Nullable Path caDirectory;

  @Option(
      names = "--workload-cert-ttl",
      paramLabel = "SPAN",
      defaultValue = "24h",
      description = "How long certificates of workloads hold: 90s, 15m, 24h. Default: 24h.")
  private String workloadTtl = "24h";

  @Option(
      names = "--tls-san",
      paramLabel = "NAME",
      split = ",",
      description =
          "DNS name or address for the server's own certificate, beyond those of this machine;"
              + " may be repeated.")
  private List<String> tlsNames = List.of();

  @Option(
      names = "--admin-identity",
      paramLabel = "NS/SA",
      split = ",",
      description = "Workload that may change policy by its certificate; may be repeated.")
  private List<String> admins = List.of();

  @Option(
      names = "--reset-admin-token",
      description = "Revoke all admin tokens and make a new one.")
  private boolean resetAdminToken;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  ServerCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65535) {
      throw new ParameterException(
          spec.commandLine(), "--port: " + port + " (expected: a port, or 0 for a free one)");
    }
    if (new InetSocketAddress(bind, port).isUnresolved()) {
      throw new ParameterException(
          spec.commandLine(), "--bind: " + bind + " (expected: an address of this machine)");
    }
    MeshConfig mesh = meshConfig();
    ControlServer.Security security = security(trustDomain(mesh));
    ControlServer server;
    try {
      server =
          ControlServer.start(
              new ControlServer.Settings(bind, port, dataDirectory, security, mesh));
    } catch (StoreException | CaException | UncheckedIOException e) {
      LOG.error("{}", e.getMessage());
      return 1;
    } catch (CompletionException e) {
      LOG.error("cannot listen on {}:{}: {} (hint: --port, --bind)", bind, port, rootMessage(e));
      return 1;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  LOG.info("stopping");
                  server.close();
                  LOG.info("stopped");
                  stopped.countDown();
                },
                "weft-stop"));
    LOG.info(
        "weft {} serves {}:{}, http and https, from {} (started in {} ms)",
        Version.text(),
        bind,
        server.port(),
        dataDirectory,
        ManagementFactory.getRuntimeMXBean().getUptime());
    tellAccess(server);
    stopped.await();
    return 0;
  }

  private void tellAccess(ControlServer server) {
    if (insecure) {
      LOG.warn(
          "--insecure: whoever reaches the port may change policy, and agents need no identity");
    }
    server
        .newAdminToken()
        .ifPresent(
            token -> {
              PrintWriter out = spec.commandLine().getOut();
              out.println("Admin token, shown this once (the server keeps only a hash of it):");
              out.println();
              out.println("    " + token);
              out.println();
              out.println(
                  "Give it to the commands with --token or WEFT_TOKEN, to kubectl with --token. It"
                      + " is also in");
              out.println(
                  new AdminFiles(dataDirectory).adminToken()
                      + " (mode 0600), where the commands on this machine find it by --data-dir.");
              out.flush();
            });
  }

  private ControlServer.Security security(String trustDomain) {
    Duration ttl = checked("--workload-cert-ttl", () -> Spans.parse(workloadTtl));
    if (ttl.isZero()) {
      throw new ParameterException(
          spec.commandLine(), "--workload-cert-ttl: " + workloadTtl + " (expected: at least 1s)");
    }
    checked("--trust-domain", () -> WorkloadIdentity.ofControlServer(trustDomain));
    Set<WorkloadIdentity> identities = new HashSet<>();
    for (String admin : admins) {
      identities.add(
          checked(
              "--admin-identity",
              () -> {
                int slash = admin.indexOf('/');
                if (slash < 0) {
                  throw new IllegalArgumentException(
                      admin + " (expected: namespace/service-account)");
                }
                return new WorkloadIdentity(
                    trustDomain, admin.substring(0, slash), admin.substring(slash + 1));
              }));
    }
    return new ControlServer.Security(
        insecure,
        trustDomain,
        caDirectory,
        ttl,
        tlsNames,
        identities,
        resetAdminToken,
        ControlServer.Security.DEFAULTS.rotationDelay());
  }

  private MeshConfig meshConfig() {
    Path file = meshConfigFile;
    if (file == null) {
      return MeshConfig.DEFAULTS;
    }
    try {
      return MeshConfig.parse(Files.readString(file));
    } catch (IOException e) {
      throw new CommandFailure("--mesh-config: " + file + " cannot be read: " + e);
    } catch (Refused e) {
      StringBuilder all = new StringBuilder("--mesh-config: " + file + " is wrong:");
      for (Refused.Cause cause : e.causes()) {
        all.append("\n  ")
            .append(cause.field().isEmpty() ? "" : cause.field() + ": ")
            .append(cause.message());
      }
      throw new CommandFailure(all.toString());
    }
  }

  private String trustDomain(MeshConfig mesh) {
    String option = trustDomainOption;
    if (option == null) {
      return mesh.trustDomain();
    }
    if (!mesh.trustDomain().equals(option)
        && !mesh.trustDomain().equals(MeshConfig.DEFAULTS.trustDomain())) {
      throw new ParameterException(
          spec.commandLine(),
          "--trust-domain: "
              + option
              + " (expected: "
              + mesh.trustDomain()
              + ", as the mesh configuration has it)");
    }
    return option;
  }

  private <T> T checked(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage());
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
