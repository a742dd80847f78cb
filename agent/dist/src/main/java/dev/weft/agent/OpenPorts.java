package dev.weft.agent;

import dev.weft.inbound.ServerPorts;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The ports that the application's servers opened. The instance is ready with the first of them.
 * Thread-safe.
 */
final class OpenPorts implements ServerPorts {

  private final Set<Integer> inlet;
  private final boolean secured;
  private final TreeMap<Integer, Port> open = new TreeMap<>();

  /** Those of {@link #inlet} that something listens on. */
  private final Set<Integer> listening = new TreeSet<>();

  /** Those of {@link #inlet} that an adapter opened; its server may be closed again by now. */
  private final Set<Integer> adapted = ConcurrentHashMap.newKeySet();

  /** Those of {@link #inlet} whose requests are decided by an adapter. */
  private final Set<Integer> decided = ConcurrentHashMap.newKeySet();

  /** Those of which that was said. */
  private final Set<Integer> unregistered = new TreeSet<>();

  private boolean ready;
  private boolean draining;
  private @Nullable Consumer<UnaryOperator<Registration>> listener;

  /**
   * @param inlet ports of servers that need no adapter
   * @param secured whether other services call this one by mutual TLS
   */
  OpenPorts(Set<Integer> inlet, boolean secured) {
    this.inlet = inlet;
    this.secured = secured;
  }

  /**
   * @param listener hears, from now on and once at once, how the registration changes; quick
   */
  synchronized void tell(Consumer<UnaryOperator<Registration>> listener) {
    this.listener = listener;
    changed();
  }

  @Override
  public synchronized void opened(int port, String protocol, boolean tls) {
    if (inlet.contains(port) && adapted.add(port)) {
      Console.say(
          "weft.inlet.ports: the server on port " + port + " has an adapter; the inlet stays out");
    }
    open.put(port, Port.builder().number(port).protocol(protocol).tls(tls).build());
    ready = true;
    changed();
  }

  /** Without the inlet nobody could call it by mutual TLS, so that it must not be found. */
  @Override
  public synchronized void openedForInlet(int port, String protocol) {
    if (inlet.contains(port)) {
      decided.add(port);
      open.put(port, Port.builder().number(port).protocol(protocol).tls(false).build());
    } else if (!secured) {
      opened(port, protocol, false);
    } else if (unregistered.add(port)) {
      Console.say(
          "port "
              + port
              + " is not registered: its server takes no mutual TLS (expected: "
              + port
              + " in weft.inlet.ports)");
    }
    ready = true;
    changed();
  }

  @Override
  public boolean decidesRequests(int port) {
    return decided.contains(port);
  }

  @Override
  public synchronized void closed(int port) {
    decided.remove(port);
    boolean listened = listening.remove(port);
    if (open.remove(port) != null || listened) {
      changed();
    }
  }

  @Override
  public Set<Integer> inletPorts() {
    return inlet;
  }

  @Override
  public boolean isInlet(int port) {
    return inlet.contains(port) && !adapted.contains(port);
  }

  /** Its server is called as others are: in HTTP, as far as anybody knows. */
  @Override
  public synchronized void listening(int port) {
    if (inlet.contains(port) && listening.add(port) && !open.containsKey(port)) {
      open.put(port, Port.builder().number(port).protocol("http").tls(false).build());
      ready = true;
      changed();
    }
  }

  /** One line for each port of the inlet: how it fares. */
  synchronized List<String> inletLines() {
    List<String> lines = new ArrayList<>(inlet.size());
    for (int port : inlet) {
      lines.add(
          "inlet on port "
              + port
              + ": "
              + (adapted.contains(port)
                  ? "stays out, its server has an adapter"
                  : listening.contains(port)
                      ? decided.contains(port)
                          ? "mutual TLS; its requests are decided by an adapter"
                          : "mutual TLS and authorization of connections, not of requests"
                      : "waiting for a server"));
    }
    return lines;
  }

  /** The JVM ends: nobody shall send new requests. */
  synchronized void drain() {
    draining = true;
    changed();
  }

  synchronized boolean isReady() {
    return ready && !draining;
  }

  private synchronized void changed() {
    Consumer<UnaryOperator<Registration>> to = listener;
    if (to == null) {
      return;
    }
    List<Port> ports = new ArrayList<>(open.values());
    Registration.State state =
        draining
            ? Registration.State.DRAINING
            : ready ? Registration.State.READY : Registration.State.STARTING;
    to.accept(registration -> registration.toBuilder().ports(ports).state(state).build());
  }
}
