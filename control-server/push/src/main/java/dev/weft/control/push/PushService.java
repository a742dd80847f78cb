package dev.weft.control.push;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.Discovery;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.StatusBoard;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.model.AuthorizationPolicy;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the stream to agents. Changes of the desired state are gathered for a few milliseconds and
 * become one round over all streams.
 *
 * <p>Thread-safe. Closing it ends all streams; agents connect again by themselves.
 */
public final class PushService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PushService.class);

  /** Long enough to make one round of an apply of many documents, too short to be noticed. */
  private static final long GATHER_MILLIS = 20;

  /** An ALLOW policy that no request matches. */
  private static final Encoded.Inbound NOBODY =
      new Encoded.Inbound(
          WireCodec.encode(
              InboundPolicy.builder()
                  .authorizationPolicies(
                      List.of(
                          AuthorizationPolicy.builder()
                              .source("weft/inbound-policy-not-resolved")
                              .build()))
                  .build(),
              Set.of()),
          Set.of(),
          List.of());

  final InstanceRegistry registry;
  final StatusBoard board;
  private final Discovery discovery;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicBoolean roundIsComing = new AtomicBoolean();

  // The push thread's:

  private final Set<AgentStream> streams = new HashSet<>();
  private final Map<String, AgentStream> byInstance = new HashMap<>();
  private Encoded encoded;
  private long encodedRevision;
  private boolean closed;

  public PushService(Discovery discovery, InstanceRegistry registry, StatusBoard board) {
    this.discovery = requireNonNull(discovery, "discovery");
    this.registry = requireNonNull(registry, "registry");
    this.board = requireNonNull(board, "board");
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "weft-push");
              made.setDaemon(true);
              return made;
            });
    this.encoded = Encoded.of(discovery);
    this.encodedRevision = discovery.revision();
    discovery.onChange(this::changed);
  }

  /** The service as gRPC knows it; {@link PushHttp} puts it on a port. */
  ServerServiceDefinition grpc() {
    MethodDescriptor<Weft.AgentMessage, Weft.ServerMessage> lite =
        MeshDiscoveryGrpc.getStreamMethod();
    MethodDescriptor<Weft.AgentMessage, Weft.ServerMessage> method =
        lite.toBuilder(
                new Plain<>(lite.getRequestMarshaller()), new Plain<>(lite.getResponseMarshaller()))
            .build();
    return ServerServiceDefinition.builder(MeshDiscoveryGrpc.SERVICE_NAME)
        .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::stream))
        .build();
  }

  /**
   * Hides that a marshaller has a prototype: Armeria takes every prototype for one of the full
   * runtime, and ours are lite.
   */
  private record Plain<T>(MethodDescriptor.Marshaller<T> marshaller)
      implements MethodDescriptor.Marshaller<T> {

    @Override
    public InputStream stream(T value) {
      return marshaller.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
      return marshaller.parse(stream);
    }
  }

  /** Called on the changing thread. */
  private void changed() {
    if (roundIsComing.compareAndSet(false, true)) {
      try {
        thread.schedule(() -> guarded(this::round), GATHER_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("closed already", e);
      }
    }
  }

  private void round() {
    // Before anything is read: a change from here on makes another round.
    roundIsComing.set(false);
    for (AgentStream stream : Set.copyOf(streams)) {
      guarded(stream::push);
    }
  }

  /** From here on {@link #table} answers by the newest desired state. */
  void refresh() {
    long revision = discovery.revision();
    if (revision != encodedRevision) {
      encoded = encoded.next();
      encodedRevision = revision;
    }
  }

  /** Null when it could not be resolved, for a reason of ours. */
  Encoded.@Nullable Table table(Registration workload, String routeTable) {
    try {
      return encoded.table(workload, routeTable);
    } catch (RuntimeException e) {
      LOG.error(
          "cannot resolve {} for {}/{}; what its agents have stays",
          routeTable,
          workload.namespace(),
          workload.service(),
          e);
      return null;
    }
  }

  /**
   * What is sent of requests that arrive. When it cannot be resolved, for a reason of ours: null
   * where the agent has one, which stays, and else one that lets nobody in.
   */
  Encoded.@Nullable Inbound inbound(Registration workload, boolean hasOne) {
    try {
      return encoded.inbound(workload);
    } catch (RuntimeException e) {
      LOG.error(
          "cannot resolve what {}/{} does with requests that arrive; {}",
          workload.namespace(),
          workload.service(),
          hasOne ? "what its agents have stays" : "it lets nobody in",
          e);
      return hasOne ? null : NOBODY;
    }
  }

  /** Null when there is nothing to say. */
  Weft.@Nullable Resource trust() {
    try {
      return encoded.trust();
    } catch (RuntimeException e) {
      LOG.error("cannot tell whom the mesh trusts; what agents have stays", e);
      return null;
    }
  }

  /** Why an agent with this certificate may not register so; null: it may. */
  @Nullable String contradiction(Registration said, WorkloadIdentity proof) {
    return Caller.contradiction(said, proof, discovery.trustBundle());
  }

  void joined(String instanceId, AgentStream stream) {
    AgentStream before = byInstance.put(instanceId, stream);
    if (before != null) {
      before.replaced();
    }
  }

  /** True when no other stream has taken over for the instance. */
  boolean left(String instanceId, AgentStream stream) {
    streams.remove(stream);
    return byInstance.remove(instanceId, stream);
  }

  /** A stream that never said hello ended. */
  void forget(AgentStream stream) {
    streams.remove(stream);
  }

  /** Runs {@code task} on the push thread; drops it when that has ended. */
  private void onThread(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("closed already", e);
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a stream's task failed", e);
    }
  }

  /** Ends all streams. Instances keep their leases: it is the server that goes, not they. */
  @Override
  public void close() {
    onThread(
        () -> {
          closed = true;
          for (AgentStream stream : Set.copyOf(streams)) {
            stream.shutDown();
          }
          thread.shutdown();
        });
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("the push thread does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The rim to gRPC: callbacks become tasks of the push thread. */
  private StreamObserver<Weft.AgentMessage> stream(StreamObserver<Weft.ServerMessage> responses) {
    ServerCallStreamObserver<Weft.ServerMessage> toAgent =
        (ServerCallStreamObserver<Weft.ServerMessage>) responses;
    AgentStream stream = new AgentStream(this, toAgent, Caller.KEY.get());
    onThread(
        () -> {
          streams.add(stream);
          if (closed) {
            stream.shutDown();
          }
        });
    // The next message is asked for when this one was worked off: an agent that talks faster than
    // we listen waits.
    toAgent.disableAutoRequest();
    toAgent.setOnReadyHandler(() -> onThread(stream::onReady));
    toAgent.setOnCancelHandler(() -> onThread(stream::lost));
    toAgent.request(1);
    return new StreamObserver<>() {
      @Override
      public void onNext(Weft.AgentMessage message) {
        onThread(
            () -> {
              stream.onMessage(message);
              toAgent.request(1);
            });
      }

      @Override
      public void onError(Throwable problem) {
        onThread(stream::lost);
      }

      @Override
      public void onCompleted() {
        onThread(stream::completed);
      }
    };
  }
}
