package dev.weft.instrumentation.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one channel to one endpoint. One that cannot be made fails the calls that wait
 * for it at once, and is not tried again by itself: whether and where they go again is the mesh's
 * to say. Changed in the channel's synchronization context, read anywhere.
 */
final class EndpointConnection implements SubchannelStateListener {

  private final MeshBalancer balancer;
  private final Destination destination;
  private final Subchannel subchannel;
  private @Nullable ScheduledHandle timeout;
  private boolean over;
  private volatile PickResult result;
  private volatile @Nullable Status failure;
  private volatile long failedAt;
  private volatile boolean closed;
  private volatile long usedAt = System.nanoTime();

  EndpointConnection(MeshBalancer balancer, Destination destination, Subchannel subchannel) {
    this.balancer = balancer;
    this.destination = destination;
    this.subchannel = subchannel;
    this.result = PickResult.withSubchannel(subchannel);
  }

  void open(@Nullable ScheduledHandle timeout) {
    this.timeout = timeout;
    subchannel.start(this);
    subchannel.requestConnection();
  }

  /** What a call that goes here gets: it waits where the connection is not there yet. */
  PickResult pick() {
    usedAt = System.nanoTime();
    return result;
  }

  boolean isFailed() {
    return failure != null;
  }

  /** Since when it has failed, as {@link System#nanoTime}. */
  long failedAt() {
    return failedAt;
  }

  long usedAt() {
    return usedAt;
  }

  /** Whether it was let go of while it was good: calls look for another. */
  boolean isClosed() {
    return closed;
  }

  @Override
  public void onSubchannelState(ConnectivityStateInfo info) {
    if (over) {
      return;
    }
    ConnectivityState state = info.getState();
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      fail(info.getStatus());
    } else if (state == ConnectivityState.READY) {
      cancelTimeout();
    } else if (state == ConnectivityState.SHUTDOWN) {
      close();
    }
    balancer.publish();
  }

  void timeOut() {
    timeout = null;
    if (!over) {
      fail(Status.UNAVAILABLE.withDescription("connect timeout"));
      balancer.publish();
    }
  }

  private void fail(Status cause) {
    over = true;
    cancelTimeout();
    Status status =
        Status.UNAVAILABLE
            .withDescription("no connection to " + destination + ": " + cause.getDescription())
            .withCause(cause.getCause());
    // To be dropped: also a call that would wait for a connection, since there are others.
    result = PickResult.withDrop(status);
    failedAt = System.nanoTime();
    failure = status;
    subchannel.shutdown();
  }

  /** Ends it when the calls on it are over. */
  void close() {
    if (!over) {
      over = true;
      closed = true;
      cancelTimeout();
      subchannel.shutdown();
    }
  }

  private void cancelTimeout() {
    ScheduledHandle running = timeout;
    timeout = null;
    if (running != null) {
      running.cancel();
    }
  }
}
