package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine's call as the drivers use it: no exception of the engine comes out of it, and its end
 * is told once.
 */
final class GuardedCall {

  private final OutboundCall call;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedCall(OutboundCall call) {
    this.call = call;
  }

  /** The next directive; pass through when the engine breaks. */
  Directive start() {
    try {
      return call.start();
    } catch (Throwable t) {
      Mesh.problem("outbound start", t);
      return Directive.passThrough();
    }
  }

  /** What to do with a response; deliver it when the engine breaks. */
  Directive onResponse(Supplier<OutboundResponse> view) {
    try {
      return call.onResponse(view.get());
    } catch (Throwable t) {
      Mesh.problem("outbound response", t);
      return Directive.deliver(HeaderMutations.NONE);
    }
  }

  /**
   * What to do about a failure; deliver it when the engine breaks. A failure that is delivered
   * closes the call.
   */
  Directive onFailure(Supplier<FailureKind> kind, Throwable failure) {
    Directive next;
    try {
      next = call.onFailure(kind.get(), failure);
    } catch (Throwable t) {
      Mesh.problem("outbound failure", t);
      next = Directive.deliver(HeaderMutations.NONE);
    }
    if (next.kind() == Directive.Kind.DELIVER) {
      close(Outcome.FAILED, 0, failure);
    }
    return next;
  }

  /** Tells how a gRPC exchange ended, before its end. */
  void onGrpcEnd(int grpcStatus, long requestMessages, long responseMessages) {
    try {
      call.onGrpcEnd(grpcStatus, requestMessages, responseMessages);
    } catch (Throwable t) {
      Mesh.problem("outbound grpc end", t);
    }
  }

  /** Whether the end was told. */
  boolean isClosed() {
    return closed.get();
  }

  /** Tells the end; later ones are ignored. Returns whether this was the first. */
  boolean close(Outcome outcome, int status, @Nullable Throwable failure) {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    try {
      call.close(outcome, status, failure);
    } catch (Throwable t) {
      Mesh.problem("outbound close", t);
    }
    return true;
  }
}
