package dev.weft.engine;

import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One request that arrived and was let in. */
final class InboundRecord implements InboundCall {

  private final Engine engine;
  private final String method;
  private final String authority;
  private final String path;
  private final CallRecord.Peer peer;
  private final long started;
  private final AtomicBoolean closed = new AtomicBoolean();

  InboundRecord(Engine engine, InboundRequest request, CallRecord.Peer peer) {
    this.engine = engine;
    this.method = request.method();
    this.authority = request.authority();
    this.path = request.path();
    this.peer = peer;
    this.started = engine.now();
  }

  @Override
  public @Nullable LocalReply reply() {
    return null;
  }

  @Override
  public void close(Outcome outcome, int status) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    CallRecord.Builder record = new CallRecord.Builder();
    record.side = CallRecord.Side.INBOUND;
    record.method = method;
    record.authority = authority;
    record.path = path;
    record.status = status;
    record.flags = Flags.text(outcome == Outcome.CANCELLED ? Flags.CALLER_GONE : 0);
    record.peer = peer;
    record.durationNanos = engine.now() - started;
    engine.record(record.build());
  }
}
