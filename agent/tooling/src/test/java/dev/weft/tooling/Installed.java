package dev.weft.tooling;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.ServerPorts;
import dev.weft.outbound.OutboundMesh;
import dev.weft.tooling.hooked.DoorInstrumentation;
import dev.weft.tooling.hooked.GreeterInstrumentation;
import dev.weft.transport.TransportSecurity;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.bytebuddy.agent.ByteBuddyAgent;

/** The adapters of these tests, installed once in their JVM. */
final class Installed {

  private static final Queue<String> LINES = new ConcurrentLinkedQueue<>();
  private static final Queue<String> PROBLEMS = new ConcurrentLinkedQueue<>();
  static final AdapterStates STATES;

  static {
    Mesh.install(
        new Mesh(
            OutboundMesh.PASS_THROUGH,
            InboundMesh.PERMIT_ALL,
            TransportSecurity.PLAINTEXT,
            ServerPorts.IGNORED,
            (where, problem) -> PROBLEMS.add(where + ": " + problem.getMessage())));
    STATES =
        AdapterInstaller.install(
            ByteBuddyAgent.install(),
            List.of(
                new GreeterInstrumentation(),
                new DoorInstrumentation("first", true),
                new DoorInstrumentation("first", false),
                new DoorInstrumentation("second", false),
                new DoorInstrumentation("second", true)),
            LINES::add);
  }

  private Installed() {}

  /** What the installer said since the last call. */
  static List<String> lines() {
    return drain(LINES);
  }

  /** What advice reported since the last call. */
  static List<String> problems() {
    return drain(PROBLEMS);
  }

  private static List<String> drain(Queue<String> queue) {
    List<String> all = new ArrayList<>();
    for (String line = queue.poll(); line != null; line = queue.poll()) {
      all.add(line);
    }
    return all;
  }
}
