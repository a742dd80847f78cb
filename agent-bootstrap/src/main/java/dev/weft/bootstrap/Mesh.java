package dev.weft.bootstrap;

import static java.util.Objects.requireNonNull;

import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.ServerPorts;
import dev.weft.outbound.OutboundMesh;
import dev.weft.transport.TransportSecurity;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Where adapters find the engine: the one piece of static mutable state in the agent.
 *
 * <p>Until {@link #install} is called, and after an agent that could not start, every request
 * passes through untouched. All methods may be called on any thread and never throw.
 */
public final class Mesh {

  /** Hears about a failure inside the agent that was kept away from the application. */
  public interface ProblemListener {
    /**
     * Called on the application's thread; must return quickly and must not throw.
     *
     * @param where what was being done, a stable short text such as {@code "outbound start"}
     */
    void onProblem(String where, Throwable problem);
  }

  private static volatile Mesh current =
      new Mesh(
          OutboundMesh.PASS_THROUGH,
          InboundMesh.PERMIT_ALL,
          TransportSecurity.PLAINTEXT,
          ServerPorts.IGNORED,
          (where, problem) -> {});

  private static volatile AdviceBridge.@Nullable Linker linker;
  private static boolean claimed;

  private final OutboundMesh outbound;
  private final InboundMesh inbound;
  private final TransportSecurity transport;
  private final ServerPorts ports;
  private final ProblemListener problems;
  private @Nullable ScheduledExecutorService timer;

  public Mesh(
      OutboundMesh outbound,
      InboundMesh inbound,
      TransportSecurity transport,
      ServerPorts ports,
      ProblemListener problems) {
    this.outbound = requireNonNull(outbound, "outbound");
    this.inbound = requireNonNull(inbound, "inbound");
    this.transport = requireNonNull(transport, "transport");
    this.ports = requireNonNull(ports, "ports");
    this.problems = requireNonNull(problems, "problems");
  }

  /** Makes {@code mesh} the one that adapters see from now on; returns the one before it. */
  public static synchronized Mesh install(Mesh mesh) {
    Mesh before = current;
    current = requireNonNull(mesh, "mesh");
    return before;
  }

  /** True for the first agent of this JVM, false for any other. */
  static synchronized boolean claim() {
    boolean first = !claimed;
    claimed = true;
    return first;
  }

  /** Who finds the advice of hooked methods; see {@link AdviceBridge#use}. */
  static AdviceBridge.@Nullable Linker linker() {
    return linker;
  }

  static synchronized AdviceBridge.@Nullable Linker swapLinker(AdviceBridge.Linker next) {
    AdviceBridge.Linker before = linker;
    linker = next;
    return before;
  }

  public static OutboundMesh outbound() {
    return current.outbound;
  }

  public static InboundMesh inbound() {
    return current.inbound;
  }

  public static TransportSecurity transport() {
    return current.transport;
  }

  public static ServerPorts ports() {
    return current.ports;
  }

  /** Reports a failure of ours which the application must not see. Never throws. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  public static void problem(String where, Throwable problem) {
    try {
      current.problems.onProblem(where, problem);
    } catch (Throwable ignored) {
      // The listener itself failed: there is nobody left to tell, and the application must go on.
    }
  }

  /**
   * The agent's one timer thread, a daemon that is started by the first deadline or delay that
   * needs it. Its tasks must not block.
   */
  public static ScheduledExecutorService timer() {
    return current.ownTimer();
  }

  private synchronized ScheduledExecutorService ownTimer() {
    ScheduledExecutorService existing = timer;
    if (existing != null) {
      return existing;
    }
    ScheduledExecutorService made = new PacedTimer();
    timer = made;
    return made;
  }
}
