package dev.weft.instrumentation;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that a server adapter serves: opened, and told its end once. Ends and breaks off on any
 * thread.
 */
public final class ServedCall {

  private final InboundCall call;

  /** Held while the exchange is broken off: its connection must not begin another meanwhile. */
  private final ReentrantLock ending = new ReentrantLock();

  private boolean ended;

  private ServedCall(InboundCall call) {
    this.call = call;
  }

  /** Asks the engine. One that fails lets the request in. */
  public static ServedCall open(InboundRequest request) {
    try {
      return new ServedCall(Mesh.inbound().open(request));
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      return new ServedCall(InboundMesh.PERMIT_ALL.open(request));
    }
  }

  public InboundCall call() {
    return call;
  }

  /** What to answer, null to let it in; waits for it, which the thread must be one for. */
  public @Nullable LocalReply verdict() {
    try {
      CompletionStage<?> pending = call.pending();
      if (pending != null) {
        BlockingDriver.await(pending);
      }
      return call.reply();
    } catch (InterruptedIOException undecided) {
      return LocalReply.text(503, "no verdict", "-");
    }
  }

  /**
   * Breaks off what did not end, and tells it at once: what the application does afterwards reaches
   * nobody.
   *
   * @param connection null where there is none to break off
   * @param status what was sent by then
   */
  public void abort(InboundRequest.@Nullable Connection connection, IntSupplier status) {
    int sent;
    ending.lock();
    try {
      if (ended || connection == null) {
        return;
      }
      ended = true;
      sent = status.getAsInt();
      connection.abort();
    } finally {
      ending.unlock();
    }
    call.close(Outcome.FAILED, sent);
  }

  /** Tells the end, unless that was done before. */
  public void end(Outcome outcome, int status) {
    ending.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
    } finally {
      ending.unlock();
    }
    try {
      call.close(outcome, status);
    } catch (Throwable t) {
      Mesh.problem("inbound close", t);
    }
  }
}
