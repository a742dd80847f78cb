package dev.weft.engine;

import dev.weft.engine.routing.TableNames;
import dev.weft.engine.snapshot.CompiledTable;
import dev.weft.model.RouteTable;
import dev.weft.outbound.OutboundMesh.Connection;
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

  private final Engine engine;
  private final TableNames names;
  private final EngineSettings settings;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  TcpConnections(Engine engine, TableNames names, EngineSettings settings) {
    this.engine = engine;
    this.names = names;
    this.settings = settings;
  }

  /** As {@link dev.weft.outbound.OutboundMesh#connect}. */
  @Nullable Connection open(String host, int port, boolean resolved) {
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
    if (table == null ? pending == null : !isRouted(table)) {
      return null;
    }
    // Where the application could go on without us, it does not wait for a control server's start.
    long patience = resolved ? settings.awaitNanos() : engine.awaitNanos();
    return new TcpConnection(engine, name, host, port, table == null ? pending : null, patience);
  }

  private static boolean isRouted(CompiledTable table) {
    return table.source.disposition() == RouteTable.Disposition.ROUTED;
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
