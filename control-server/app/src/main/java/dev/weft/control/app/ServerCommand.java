package dev.weft.control.app;

import dev.weft.control.store.StoreException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
      defaultValue = "8181",
      description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--bind",
      defaultValue = "0.0.0.0",
      description = "Address to listen on. Default: ${DEFAULT-VALUE} (all of IPv4).")
  private String bind = "0.0.0.0";

  @Option(
      names = "--data-dir",
      defaultValue = "./weft-data",
      description = "Where policies are kept. Default: ${DEFAULT-VALUE}.")
  private Path dataDirectory = Path.of("weft-data");

  ServerCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    ControlServer server;
    try {
      server = ControlServer.start(new ControlServer.Settings(bind, port, dataDirectory));
    } catch (StoreException e) {
      LOG.error("{}", e.getMessage());
      return 1;
    } catch (CompletionException e) {
      LOG.error("cannot listen on {}:{}: {}", bind, port, rootMessage(e));
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
