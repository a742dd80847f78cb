package dev.weft.instrumentation.netty;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request and its verdict. On the event loop of its connection. */
final class Exchange {

  private final @Nullable InboundCall call;
  private boolean ready = true;
  private boolean closed;

  /** What was sent; 0 until then. */
  int status;

  /** What the trailers said; -1 until then. */
  int grpcStatus = -1;

  /** Of a gRPC call. */
  @Nullable GrpcMessages received;

  @Nullable GrpcMessages sent;

  private Exchange(@Nullable InboundCall call) {
    this.call = call;
  }

  /** Asks the engine. One that fails lets the request in. */
  static Exchange open(InboundRequest request) {
    try {
      return new Exchange(Mesh.inbound().open(request));
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      return unseen();
    }
  }

  /** Of a request that is not shown. */
  static Exchange unseen() {
    return new Exchange(null);
  }

  /** What to wait for; {@link #settled} has to follow. */
  @Nullable CompletionStage<?> pending() {
    CompletionStage<?> pending = call == null ? null : call.pending();
    ready = pending == null;
    return pending;
  }

  void settled() {
    ready = true;
  }

  boolean isReady() {
    return ready;
  }

  @Nullable LocalReply reply() {
    return call == null ? null : call.reply();
  }

  HeaderMutations requestHeaders() {
    return call == null ? HeaderMutations.NONE : call.requestHeaders();
  }

  /** What the application's code runs in, as far as it runs on the event loop. */
  CallContext context() {
    return call == null ? CallContext.NONE : call.context();
  }

  void onRevoked(Runnable abort) {
    if (call != null) {
      call.onRevoked(abort);
    }
  }

  void close(Outcome outcome) {
    if (!closed) {
      closed = true;
      if (call != null) {
        if (received != null && sent != null) {
          call.onGrpcEnd(grpcStatus, received.count(), sent.count());
        }
        call.close(outcome, status);
      }
    }
  }
}
