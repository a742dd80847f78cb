package dev.weft.inbound;

import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import org.jspecify.annotations.Nullable;

/** The verdict about one request that arrived, and its record. */
public interface InboundCall {

  /** What to answer instead of calling the application; null when it is permitted. */
  @Nullable LocalReply reply();

  /**
   * The response was written, or the exchange broke off. Records the request; a second call has no
   * effect. May come from any thread. Also called after {@link #reply()} was sent.
   *
   * @param status the status that was sent, 0 when none was
   */
  void close(Outcome outcome, int status);
}
