package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.internal.ServerStream;
import io.grpc.internal.ServerStreamListener;
import io.grpc.internal.ServerTransportListener;
import io.grpc.internal.StreamListener;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call that arrived and its verdict: between the transport, which it hears, and the server,
 * which does not hear of the call before it is let in. The server works on the stream through a
 * proxy, because the interface of streams is another one in each line of versions.
 */
final class ServerExchange implements ServerStreamListener, InvocationHandler {

  private final InboundCall call;
  private final ServerStream stream;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private volatile boolean begun;

  /** What the call was ended with on our side. */
  private volatile @Nullable Status answer;

  // What the transport tells, in its order, by one thread at a time.
  private final Queue<Consumer<ServerStreamListener>> told = new ConcurrentLinkedQueue<>();

  /** The server has the first turn, until it has taken the call. */
  private final AtomicInteger turns = new AtomicInteger(1);

  private volatile @Nullable ServerStreamListener server;

  private ServerExchange(InboundCall call, ServerStream stream) {
    this.call = call;
    this.stream = stream;
  }

  /**
   * Whether the call is ours to decide; if not, it takes its way. Under the transport's lock.
   *
   * @param transport of the call
   */
  static boolean takes(
      ServerTransportListener server,
      Object transport,
      ServerStream stream,
      String method,
      Metadata headers) {
    ServerConnection connection = ServerConnection.of(transport);
    if (connection == null || isOurs(stream)) {
      return false;
    }
    InboundCall call;
    try {
      call =
          Mesh.inbound()
              .open(new ServerCallView(connection, stream.getAuthority(), method, headers));
    } catch (RuntimeException | LinkageError e) {
      // The engine does not throw where anything must be refused.
      Mesh.problem("inbound open", e);
      return false;
    }
    ServerExchange exchange = new ServerExchange(call, stream);
    try {
      stream.setListener(exchange);
      CompletionStage<?> pending = call.pending();
      if (pending == null) {
        exchange.settle(server, method, headers);
      } else {
        pending.whenComplete((verdict, failure) -> exchange.settle(server, method, headers));
      }
    } catch (RuntimeException | LinkageError e) {
      exchange.fail(e);
    }
    return true;
  }

  private static boolean isOurs(ServerStream stream) {
    return Proxy.isProxyClass(stream.getClass())
        && Proxy.getInvocationHandler(stream) instanceof ServerExchange;
  }

  /** The verdict is there. */
  private void settle(ServerTransportListener to, String method, Metadata headers) {
    if (over.get()) {
      return;
    }
    try {
      LocalReply reply = call.reply();
      if (reply != null) {
        close(ReplyStatus.of(reply), ReplyStatus.trailers(reply));
        return;
      }
      Headers.apply(call.requestHeaders(), headers);
      call.onRevoked(
          () -> stream.cancel(Status.CANCELLED.withDescription("not permitted any more")));
      if (over.get()) {
        return;
      }
      Object proxy =
          Proxy.newProxyInstance(
              ServerStream.class.getClassLoader(), new Class<?>[] {ServerStream.class}, this);
      call.context().wrap(() -> to.streamCreated((ServerStream) proxy, method, headers)).run();
      // Not before the server has all of the call in its queue.
      drain();
    } catch (RuntimeException | LinkageError e) {
      fail(e);
    }
  }

  private void close(Status status, Metadata trailers) {
    answer = status;
    stream.close(status, trailers);
  }

  /** A call that broke on our side must not go on undecided. */
  private void fail(Throwable problem) {
    Mesh.problem("gRPC call", problem);
    stream.cancel(Status.INTERNAL.withDescription("not taken by the mesh"));
  }

  // ---- what the server does

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object first = arguments == null ? null : arguments[0];
    switch (method.getName()) {
      case "setListener":
        server = (ServerStreamListener) requireNonNull(first);
        return null;
      case "writeHeaders":
        begun = true;
        break;
      case "writeMessage":
        sent.incrementAndGet();
        break;
      case "close":
        if (answer == null) {
          answer = (Status) first;
        }
        break;
      default:
        break;
    }
    try {
      return method.invoke(stream, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  // ---- what the transport tells

  @Override
  public void messagesAvailable(StreamListener.MessageProducer producer) {
    StreamListener.MessageProducer counting =
        () -> {
          InputStream message = producer.next();
          if (message != null) {
            received.incrementAndGet();
          }
          return message;
        };
    tell(listener -> listener.messagesAvailable(counting));
  }

  @Override
  public void onReady() {
    tell(ServerStreamListener::onReady);
  }

  @Override
  public void halfClosed() {
    tell(ServerStreamListener::halfClosed);
  }

  @Override
  public void closed(Status status) {
    if (over.compareAndSet(false, true)) {
      Status ended = answer;
      boolean whole = status.isOk() && ended != null;
      call.onGrpcEnd(ended == null ? -1 : ended.getCode().value(), received.get(), sent.get());
      call.close(whole ? Outcome.COMPLETED : Outcome.FAILED, begun || ended != null ? 200 : 0);
    }
    tell(listener -> listener.closed(status));
  }

  private void tell(Consumer<ServerStreamListener> event) {
    told.add(event);
    if (turns.getAndIncrement() == 0) {
      drain();
    }
  }

  private void drain() {
    ServerStreamListener listener = server;
    int seen = turns.get();
    while (listener != null && seen != 0) {
      for (Consumer<ServerStreamListener> event = told.poll(); event != null; event = told.poll()) {
        tell(listener, event);
      }
      seen = turns.addAndGet(-seen);
    }
  }

  private void tell(ServerStreamListener listener, Consumer<ServerStreamListener> event) {
    try {
      // So that the application's executor takes it along.
      call.context().wrap(() -> event.accept(listener)).run();
    } catch (RuntimeException e) {
      // Of an executor that takes nothing any more; what comes after is told all the same.
      stream.cancel(Status.INTERNAL.withDescription("the server cannot take it").withCause(e));
    }
  }
}
