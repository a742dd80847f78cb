package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.inbound.ServerPorts;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Records which ports were told to be open; what is said twice counts once. Thread-safe. */
public final class ServerPortsRecorder implements ServerPorts {

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Set<Integer> open = ConcurrentHashMap.newKeySet();

  @Override
  public void opened(int port, String protocol, boolean tls) {
    if (open.add(port)) {
      told.add("opened " + port + " " + protocol + (tls ? " tls" : ""));
    }
  }

  @Override
  public void closed(int port) {
    if (open.remove(port)) {
      told.add("closed " + port);
    }
  }

  /** The next thing told, for example {@code opened 8080 http}; waits for it. */
  public String take() throws InterruptedException {
    String next = told.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("a port that was told").isNotNull();
    return next;
  }

  /** Fails if more was told than was taken. */
  public void assertNothingLeft() {
    assertThat(told).isEmpty();
  }
}
