package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.helidon.http.HttpPrologue;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The verdict about one request, waited for. */
final class Decision {

  /** Of requests that may yet be routed, by their prologue, which goes along with them. */
  private static final WeakIdentityMap<Decision> EARLY = new WeakIdentityMap<>(Decision::forgotten);

  final InboundCall call;
  private final @Nullable LocalReply reply;

  private Decision(InboundCall call, @Nullable LocalReply reply) {
    this.call = call;
    this.reply = reply;
  }

  /** The one that was made before {@code prologue} was routed; null for none. */
  static @Nullable Decision early(HttpPrologue prologue) {
    return EARLY.get(prologue);
  }

  static @Nullable Decision takeEarly(HttpPrologue prologue) {
    return EARLY.remove(prologue);
  }

  void keepFor(HttpPrologue prologue) {
    EARLY.put(prologue, this);
  }

  static Decision of(InboundRequest request) {
    InboundCall call;
    try {
      call = Mesh.inbound().open(request);
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      call = InboundMesh.PERMIT_ALL.open(request);
    }
    CompletionStage<?> pending = call.pending();
    if (pending != null) {
      try {
        BlockingDriver.await(pending);
      } catch (IOException interrupted) {
        // The server stops. Not decided must not become let in.
        return new Decision(call, LocalReply.text(503, "", "-"));
      }
    }
    return new Decision(call, call.reply());
  }

  /** What to answer instead; null when it is permitted. */
  @Nullable LocalReply reply() {
    return reply;
  }

  /** Only the first call counts. */
  void end(Outcome outcome, int status) {
    try {
      call.close(outcome, status);
    } catch (Throwable t) {
      Mesh.problem("inbound close", t);
    }
  }

  /** The server dropped the request. */
  private void forgotten() {
    end(Outcome.CANCELLED, 0);
  }
}
