package dev.weft.instrumentation.grpc;

import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call that is sent: of an attempt, or as if there were no agent. Its first answer completes
 * {@link #head}; from {@link #deliver} on the application hears what it hears.
 */
final class AttemptCall<Q, R> extends ClientCall.Listener<R> {

  /** Where the transport leaves the status of a response that is not gRPC's. */
  private static final Metadata.Key<String> HTTP_STATUS =
      InternalMetadata.keyOf(":status", Metadata.ASCII_STRING_MARSHALLER);

  private static final String DEADLINE = "upstream request timeout";

  private enum Phase {
    NEW,
    STARTING,
    STARTED,
    OVER
  }

  /** The answer; it is not asked for before somebody listens. */
  final Head head = new Head();

  private final MeshClientCall<Q, R> owner;
  private final @Nullable Destination destination;
  private final @Nullable WatchedCredentials credentials;
  private final Wire wire;
  private final Metadata headers;
  private final ClientCall<Q, R> call;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);

  private volatile boolean aborted;
  private volatile @Nullable String abortMessage;
  private volatile @Nullable Throwable abortCause;
  private volatile boolean expired;

  // Written by the listener's callbacks, which come one after another.
  private @Nullable Metadata answer;
  private @Nullable Status status;
  private boolean delivered;
  private final boolean passes;
  private @Nullable ResponseEnd end;
  private long received;

  /** Makes the call on {@code channel}; in the application's context. */
  AttemptCall(
      MeshClientCall<Q, R> owner,
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Metadata headers) {
    this.owner = owner;
    this.destination = options.getOption(Destination.KEY);
    this.headers = headers;
    this.wire = new Wire(MeshClientCall.MAX_REPLAY_BYTES, () -> owner.tooMuch(this));
    this.passes = destination == null;
    CallCredentials own = passes ? null : options.getCredentials();
    this.credentials = own == null ? null : new WatchedCredentials(own);
    CallOptions watched = options.withStreamTracerFactory(wire);
    this.call =
        channel.newCall(
            method, credentials == null ? watched : watched.withCallCredentials(credentials));
    this.delivered = passes;
  }

  /** Completes with this when the head of the response is there, or the end where it has none. */
  final class Head extends CompletableFuture<AttemptCall<Q, R>> {

    /** So that whatever the call leads to happens on the call's own executor, in its order. */
    @Override
    public CompletableFuture<AttemptCall<Q, R>> whenComplete(
        BiConsumer<? super AttemptCall<Q, R>, ? super Throwable> action) {
      CompletableFuture<AttemptCall<Q, R>> next = super.whenComplete(action);
      start();
      return next;
    }
  }

  private void start() {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTING)) {
      head.completeExceptionally(new Ended(this, Status.CANCELLED, new Metadata()));
      return;
    }
    try {
      owner.inContext(() -> call.start(this, headers));
    } catch (RuntimeException | Error e) {
      head.completeExceptionally(e);
      return;
    }
    phase.compareAndSet(Phase.STARTING, Phase.STARTED);
    if (aborted) {
      call.cancel(abortMessage, abortCause);
    } else {
      owner.drain(this);
    }
  }

  /** Its time is over. */
  void expire() {
    expired = true;
    abort(DEADLINE, null);
  }

  /** Ends the call soon. */
  void abort(String message, @Nullable Throwable cause) {
    if (aborted) {
      return;
    }
    abortMessage = message;
    abortCause = cause;
    aborted = true;
    if (!phase.compareAndSet(Phase.NEW, Phase.OVER) && phase.get() == Phase.STARTED) {
      call.cancel(message, cause);
    }
  }

  boolean isOver() {
    return aborted || phase.get() == Phase.OVER;
  }

  boolean isReady() {
    return phase.get() == Phase.STARTED && call.isReady();
  }

  ClientCall<Q, R> call() {
    return call;
  }

  /** Does what the application did. */
  void perform(Consumer<ClientCall<Q, R>> operation) {
    try {
      operation.accept(call);
    } catch (IllegalStateException e) {
      if (!isOver()) {
        throw e;
      }
      // It was ended under the application's hands, which is told that by its listener.
    }
  }

  // ---- what comes back

  @Override
  public void onReady() {
    // It may come while the thread that starts the call is still about it.
    phase.compareAndSet(Phase.STARTING, Phase.STARTED);
    if (!owner.isClosed()) {
      owner.listener().onReady();
    }
  }

  @Override
  public void onHeaders(Metadata metadata) {
    answer = metadata;
    if (passes) {
      owner.listener().onHeaders(metadata);
    } else {
      head.complete(this);
    }
  }

  @Override
  public void onMessage(R message) {
    if (delivered) {
      received++;
      owner.listener().onMessage(message);
    }
  }

  @Override
  public void onClose(Status closed, Metadata trailers) {
    phase.set(Phase.OVER);
    if (delivered) {
      finish(closed, trailers);
      return;
    }
    if (credentials != null && credentials.haveFailed()) {
      owner.refused(closed, trailers);
      return;
    }
    status = closed;
    if (answer == null && (wire.isTrailed() || trailers.containsKey(HTTP_STATUS))) {
      answer = trailers;
      head.complete(this);
    } else {
      head.completeExceptionally(new Ended(this, closed, trailers));
    }
  }

  /** What the mesh sees of the answer. */
  OutboundResponse view() {
    Metadata seen = answer == null ? new Metadata() : answer;
    Status closed = status;
    String left = seen.get(HTTP_STATUS);
    int http = left == null ? 200 : Integer.parseInt(left);
    return new OutboundResponse() {
      @Override
      public int status() {
        return http;
      }

      @Override
      public @Nullable String header(String name) {
        if (name.equals("grpc-status")) {
          // Where HTTP says what is wrong, that is what the mesh looks at.
          return closed == null || http != 200 ? null : code(closed);
        }
        return Headers.get(seen, name);
      }
    };
  }

  private static String code(Status status) {
    return Integer.toString(status.getCode().value());
  }

  /** Gives the answer, and what follows it, to the application. */
  void deliver(HeaderMutations changes, ResponseEnd responseEnd) {
    Metadata seen = answer == null ? new Metadata() : answer;
    Headers.apply(changes, seen);
    delivered = true;
    end = responseEnd;
    if (status == null) {
      owner.listener().onHeaders(seen);
    } else {
      finish(status, seen);
    }
  }

  private void finish(Status closed, Metadata trailers) {
    boolean whole = wire.isTrailed() || trailers.containsKey(HTTP_STATUS);
    Status told = translate(closed, whole);
    if (passes) {
      owner.close(told, trailers);
      if (whole) {
        head.complete(this);
      } else {
        head.completeExceptionally(new Ended(this, closed, trailers));
      }
      return;
    }
    ResponseEnd over = end;
    if (over != null) {
      over.grpc(whole ? closed.getCode().value() : -1, owner.sent(), received);
      if (whole) {
        over.completed();
      } else if (owner.isGivenUp(closed)) {
        over.cancelled();
      } else if (closed.getCode() != Status.Code.DEADLINE_EXCEEDED) {
        over.failed(new Ended(this, closed, trailers));
      }
      // Else the attempt's time is over, which its own clock tells in a moment.
    }
    owner.close(told, trailers);
  }

  /** The end of a call that the mesh cut off is the end of its time. */
  Status translate(Status closed, boolean whole) {
    return expired && !whole && closed.getCode() == Status.Code.CANCELLED
        ? Status.DEADLINE_EXCEEDED.withDescription(DEADLINE)
        : closed;
  }

  /** Why there is no answer. */
  FailureKind classify(Ended ended) {
    if (ended.status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return FailureKind.TIMEOUT;
    }
    if (destination != null && destination.isUnreachable()) {
      return FailureKind.CONNECT;
    }
    if (!wire.isSent()) {
      return FailureKind.RESET_BEFORE_REQUEST;
    }
    String text = ended.status.getDescription();
    return text != null && text.contains("REFUSED_STREAM") && !wire.isAnswered()
        ? FailureKind.REFUSED_STREAM
        : FailureKind.RESET;
  }
}
