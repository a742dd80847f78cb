package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The servers that the agent itself runs (its admin endpoint): never under the mesh. */
final class OwnServers {

  private static final Set<HttpServer> SERVERS =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private static final Set<Integer> PORTS = ConcurrentHashMap.newKeySet();

  private OwnServers() {}

  /** Whether {@code handler} is a class of the agent. */
  static boolean isAgents(@Nullable HttpHandler handler) {
    // The loader of this class is one of the agent's; its own class is defined by the agent.
    ClassLoader agent = OwnServers.class.getClassLoader().getClass().getClassLoader();
    return handler != null
        && agent != null
        // In a test the agent's classes are on the class path, like the application's.
        && agent != ClassLoader.getSystemClassLoader()
        && handler.getClass().getClassLoader() == agent;
  }

  static void add(HttpServer server) {
    SERVERS.add(server);
  }

  /** Whether the server that starts is one of the agent's. */
  static boolean started(HttpServer server, int port) {
    return SERVERS.contains(server) && PORTS.add(port);
  }

  /** Whether the server that stops is one of the agent's. */
  static boolean stopped(HttpServer server, int port) {
    return SERVERS.contains(server) && PORTS.remove(port);
  }

  static boolean isOn(int port) {
    return PORTS.contains(port);
  }
}
