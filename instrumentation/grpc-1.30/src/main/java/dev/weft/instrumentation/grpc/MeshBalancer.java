package dev.weft.instrumentation.grpc;

import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.Endpoint;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import io.grpc.util.ForwardingLoadBalancerHelper;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a channel and its own balancer. A call with a {@link Destination} goes to the
 * connection for that, made when it is first asked for; all others go where the balancer says.
 */
final class MeshBalancer extends ForwardingLoadBalancerHelper {

  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** So many calls per second to an endpoint that is down try to connect, and no more. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final int MAX_CONNECTIONS = 500;

  /** The value refers back to the key; the key holds the value while it is in use. */
  private static final WeakIdentityMap<WeakReference<MeshBalancer>> BY_BALANCER =
      new WeakIdentityMap<>();

  private static final SubchannelPicker UNDECIDED =
      new SubchannelPicker() {
        @Override
        public PickResult pickSubchannel(PickSubchannelArgs args) {
          return PickResult.withNoResult();
        }
      };

  private final LoadBalancer.Helper channel;
  private final ConcurrentMap<Endpoint, EndpointConnection> connections = new ConcurrentHashMap<>();

  // What the channel's own balancer says; in the channel's synchronization context.
  private ConnectivityState state = ConnectivityState.CONNECTING;
  private SubchannelPicker own = UNDECIDED;
  private boolean closed;

  MeshBalancer(LoadBalancer.Helper channel) {
    this.channel = channel;
  }

  @Override
  protected LoadBalancer.Helper delegate() {
    return channel;
  }

  /** The channel begins to use {@code balancer}, which was made with this. */
  void open(Object balancer) {
    BY_BALANCER.put(balancer, new WeakReference<>(this));
    // A little later: the channel does not listen before it has the balancer. Our calls need not
    // wait for the name resolver.
    getSynchronizationContext().execute(this::publish);
  }

  static void close(Object balancer) {
    WeakReference<MeshBalancer> mine = BY_BALANCER.get(balancer);
    MeshBalancer open = mine == null ? null : mine.get();
    BY_BALANCER.remove(balancer);
    if (open != null) {
      open.closed = true;
      open.connections.values().forEach(EndpointConnection::close);
      open.connections.clear();
    }
  }

  @Override
  public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
    state = newState;
    own = newPicker;
    publish();
  }

  /** Makes the channel pick anew for all calls that wait. */
  void publish() {
    if (!closed) {
      channel.updateBalancingState(state, new MeshPicker(this, own));
    }
  }

  /** On any thread. */
  PickResult pick(Destination destination, Endpoint endpoint) {
    EndpointConnection bound = destination.connection;
    if (bound == null || bound.isClosed()) {
      bound = connections.get(endpoint);
      if (bound == null || !isUsable(bound)) {
        destination.connection = null;
        getSynchronizationContext().execute(() -> connect(destination, endpoint));
        bound = destination.connection;
        if (bound == null) {
          return PickResult.withNoResult();
        }
      }
      destination.connection = bound;
    }
    return bound.pick();
  }

  private static boolean isUsable(EndpointConnection connection) {
    return connection.isFailed()
        ? System.nanoTime() - connection.failedAt() < PAUSE_NANOS
        : !connection.isClosed();
  }

  private void connect(Destination destination, Endpoint endpoint) {
    if (closed) {
      // The channel forgets this picker, and its calls are picked anew.
      return;
    }
    EndpointConnection known = connections.get(endpoint);
    if (known == null || !isUsable(known)) {
      sweep();
      known =
          new EndpointConnection(
              this,
              destination,
              channel.createSubchannel(
                  CreateSubchannelArgs.newBuilder()
                      .setAddresses(new EquivalentAddressGroup(endpoint.socketAddress()))
                      .build()));
      connections.put(endpoint, known);
      destination.connection = known;
      known.open(timeout(known, destination.connectTimeoutNanos));
    }
    destination.connection = known;
    publish();
  }

  private @Nullable ScheduledHandle timeout(EndpointConnection connection, long nanos) {
    return nanos == 0
        ? null
        : getSynchronizationContext()
            .schedule(
                connection::timeOut, nanos, TimeUnit.NANOSECONDS, getScheduledExecutorService());
  }

  /** Lets go of connections that nobody uses any more; the oldest one where there are too many. */
  private void sweep() {
    long now = System.nanoTime();
    Endpoint oldest = null;
    long age = -1;
    for (Endpoint endpoint : connections.keySet()) {
      EndpointConnection connection = connections.get(endpoint);
      long unused = connection == null ? 0 : now - connection.usedAt();
      if (unused > IDLE_NANOS) {
        letGo(endpoint);
      } else if (unused > age) {
        oldest = endpoint;
        age = unused;
      }
    }
    if (oldest != null && connections.size() >= MAX_CONNECTIONS) {
      letGo(oldest);
    }
  }

  private void letGo(Endpoint endpoint) {
    EndpointConnection connection = connections.remove(endpoint);
    if (connection != null) {
      connection.close();
    }
  }

  private static final class MeshPicker extends SubchannelPicker {
    private final MeshBalancer balancer;
    private final SubchannelPicker own;

    MeshPicker(MeshBalancer balancer, SubchannelPicker own) {
      this.balancer = balancer;
      this.own = own;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
      Destination destination = args.getCallOptions().getOption(Destination.KEY);
      if (destination == null) {
        return own.pickSubchannel(args);
      }
      Endpoint endpoint = destination.endpoint;
      return endpoint == null
          ? PickResult.withDrop(Status.CANCELLED)
          : balancer.pick(destination, endpoint);
    }

    @Override
    public String toString() {
      return own.toString();
    }
  }
}
