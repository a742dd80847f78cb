package dev.weft.engine;

import dev.weft.engine.routing.TableNames;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.model.RouteTable;
import dev.weft.outbound.OutboundMesh.Connection;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which connections of libraries that no adapter knows are the mesh's. Thread-safe. */
final class TcpConnections {

  /**
   * How many names are asked for because of connections: those beyond are left alone, so that a
   * program that connects to thousands of addresses takes no place from requests.
   */
  private static final int MAX_NAMES = 500;

  /** As metrics name it. */
  private static final String REGISTRY_ONLY = "registry_only";

  private static final int DNS = 53;

  private final Engine engine;
  private final TableNames names;
  private final EngineSettings settings;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  TcpConnections(Engine engine, TableNames names, EngineSettings settings) {
    this.engine = engine;
    this.names = names;
    this.settings = settings;
    RefusedConnections refusals = settings.refusals();
    if (refusals != null) {
      refusals.expect(REGISTRY_ONLY);
    }
  }

  /** As {@link dev.weft.outbound.OutboundMesh#connect}. */
  @Nullable Connection open(String host, int port, @Nullable InetAddress address) {
    if (isOwnMachine(host)) {
      return null;
    }
    String name = names.of(host.indexOf(':') >= 0 ? "[" + host + "]" : host, port);
    CompiledTable table = engine.snapshot().table(name);
    CompletionStage<?> pending = null;
    if (table == null) {
      pending = mayAsk(name) ? engine.requestPolicy(name) : null;
      // It may have arrived between the look and the question.
      table = engine.snapshot().table(name);
    }
    if (table == null ? pending == null : isLeftAlone(table, port, address)) {
      return null;
    }
    // Where the application could go on without us, it does not wait for a control server's start.
    long patience = address != null ? settings.awaitNanos() : engine.awaitNanos();
    return new TcpConnection(
        engine, this, name, host, port, address, table == null ? pending : null, patience);
  }

  private boolean isLeftAlone(CompiledTable table, int port, @Nullable InetAddress address) {
    RouteTable.Disposition disposition = table.source.disposition();
    return disposition == RouteTable.Disposition.PASS_THROUGH
        || (disposition == RouteTable.Disposition.BLOCKED && isLetOut(port, address));
  }

  /**
   * Whether a connection leaves under REGISTRY_ONLY although nobody knows where to: to this very
   * machine, to its link (where clouds tell it about itself), to a name server; and where the
   * application has no address, it learns so by itself.
   */
  boolean isLetOut(int port, @Nullable InetAddress address) {
    return address == null
        || port == DNS
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || settings.isOwnAddress(address);
  }

  /** A connection is refused that {@link #isLetOut} does not let out. */
  void refused(String to, String why) {
    RefusedConnections refusals = settings.refusals();
    if (refusals != null) {
      refusals.add(REGISTRY_ONLY, to, why);
    }
  }

  private boolean mayAsk(String name) {
    return asked.contains(name) || (asked.size() < MAX_NAMES && asked.add(name));
  }

  private static boolean isOwnMachine(String host) {
    return host.startsWith("127.")
        || host.equalsIgnoreCase("localhost")
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1")
        || host.equals("0.0.0.0");
  }
}
