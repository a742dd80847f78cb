package dev.weft.telemetry;

import dev.weft.engine.CallRecord;
import org.jspecify.annotations.Nullable;

/**
 * What of a record decides its labels, cheap to compare. Parts that are shared by many records are
 * compared by identity: two keys for one series only cost a look-up by labels.
 */
final class SeriesKey {

  private final CallRecord.Side side;
  private final @Nullable Object upstream;
  private final @Nullable Object endpoint;
  private final Object peer;
  private final int status;
  private final int grpcStatus;
  private final String flags;

  /** Pass-through and blocked requests, which have no upstream, differ by it. */
  private final boolean attempted;

  private final boolean mutualTls;
  private final boolean connectionKnown;
  private final String sourcePrincipal;
  private final String destinationPrincipal;
  private final int hash;

  SeriesKey(CallRecord record) {
    this.side = record.side;
    this.upstream = record.upstream;
    this.endpoint = record.endpoint;
    this.peer = record.peer;
    this.status = record.status;
    this.grpcStatus = record.grpcStatus;
    this.flags = record.flags;
    this.attempted = record.attempts > 0;
    this.mutualTls = record.mutualTls;
    this.connectionKnown = record.connectionKnown;
    this.sourcePrincipal = record.sourcePrincipal;
    this.destinationPrincipal = record.destinationPrincipal;
    int h = System.identityHashCode(upstream);
    h = 31 * h + System.identityHashCode(endpoint);
    h = 31 * h + System.identityHashCode(peer);
    h = 31 * h + status;
    h = 31 * h + grpcStatus;
    h = 31 * h + flags.hashCode();
    h = 31 * h + sourcePrincipal.hashCode();
    this.hash = 31 * h + (side == CallRecord.Side.OUTBOUND ? 1 : 0);
  }

  @Override
  // Identity on purpose, see above.
  @SuppressWarnings("ReferenceEquality")
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof SeriesKey)) {
      return false;
    }
    SeriesKey that = (SeriesKey) other;
    return upstream == that.upstream
        && endpoint == that.endpoint
        && peer == that.peer
        && status == that.status
        && grpcStatus == that.grpcStatus
        && side == that.side
        && attempted == that.attempted
        && mutualTls == that.mutualTls
        && connectionKnown == that.connectionKnown
        && sourcePrincipal.equals(that.sourcePrincipal)
        && destinationPrincipal.equals(that.destinationPrincipal)
        && flags.equals(that.flags);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
