package dev.weft.agent;

import dev.weft.inbound.ServerPorts;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The ports that the application's servers opened. The instance is ready with the first of them.
 * Thread-safe.
 */
final class OpenPorts implements ServerPorts {

  private final TreeMap<Integer, Port> open = new TreeMap<>();
  private boolean ready;
  private boolean draining;
  private @Nullable Consumer<UnaryOperator<Registration>> listener;

  /**
   * @param listener hears, from now on and once at once, how the registration changes; quick
   */
  synchronized void tell(Consumer<UnaryOperator<Registration>> listener) {
    this.listener = listener;
    changed();
  }

  @Override
  public synchronized void opened(int port, String protocol, boolean tls) {
    open.put(port, Port.builder().number(port).protocol(protocol).tls(tls).build());
    ready = true;
    changed();
  }

  @Override
  public synchronized void closed(int port) {
    if (open.remove(port) != null) {
      changed();
    }
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
