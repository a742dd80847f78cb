package dev.weft.control.app;

import dev.weft.control.store.StoreException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
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
      "It listens on all addresses, because agents on other hosts have to reach it, and it does"
          + " not ask who is calling: on a network that you do not trust use --bind 127.0.0.1 or"
          + " a firewall."
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
    ControlServer server;
    try {
      server = ControlServer.start(new ControlServer.Settings(bind, port, dataDirectory));
    } catch (StoreException e) {
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
        "weft {} serves http://{}:{} from {} (started in {} ms)",
        Version.text(),
        bind,
        server.port(),
        dataDirectory,
        ManagementFactory.getRuntimeMXBean().getUptime());
    stopped.await();
    return 0;
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
