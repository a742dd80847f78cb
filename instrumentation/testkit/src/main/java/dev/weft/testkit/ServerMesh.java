package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine's place in a contract for servers: permits every request unless told otherwise, and
 * records what it was shown and how each call ended. Thread-safe.
 */
public final class ServerMesh implements InboundMesh {

  private static final int PATIENCE_SECONDS = 10;

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final List<Arrival> all = new CopyOnWriteArrayList<>();
  private volatile Function<Arrival, Verdict> script = arrival -> Verdict.PERMIT;
  private volatile Function<Arrival, CallContext> contexts = arrival -> CallContext.NONE;

  /**
   * What becomes of a request.
   *
   * @param pending what to wait for; asking for the rest before it is there is an error
   * @param reply null permits
   * @param headers changes to the request that the application sees
   */
  public record Verdict(
      @Nullable CompletionStage<?> pending, @Nullable LocalReply reply, HeaderMutations headers) {

    /** Untouched and at once. */
    public static final Verdict PERMIT = new Verdict(null, null, HeaderMutations.NONE);
  }

  /** Answers requests with what {@code script} gives; null permits. It may throw. */
  public void decide(Function<Arrival, @Nullable LocalReply> script) {
    judge(arrival -> new Verdict(null, script.apply(arrival), HeaderMutations.NONE));
  }

  /** Does with requests what {@code script} says. It may throw. */
  public void judge(Function<Arrival, Verdict> script) {
    this.script = script;
  }

  /** Gives requests the context that {@code contexts} says. */
  public void carry(Function<Arrival, CallContext> contexts) {
    this.contexts = contexts;
  }

  @Override
  public InboundCall open(InboundRequest request) {
    Arrival arrival = new Arrival(request);
    Verdict verdict = script.apply(arrival);
    all.add(arrival);
    InboundCall call = arrival.call(verdict, contexts.apply(arrival));
    arrivals.add(arrival);
    return call;
  }

  /** The next request that was shown. */
  public Arrival take() throws InterruptedException {
    Arrival arrival = arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(arrival).as("a request that was opened").isNotNull();
    return arrival;
  }

  /** Lets it be whether a request was shown that the server refuses by itself. */
  public void forgetRefused() {
    arrivals.clear();
  }

  /** Fails if a request was shown that nobody took. */
  public void assertNothingLeft() {
    assertThat(arrivals).as("requests that were opened beyond the expected").isEmpty();
    for (Arrival arrival : all) {
      assertThat(arrival.closes.get())
          .as("times that close was told of %s %s", arrival.method, arrival.path)
          .isEqualTo(1);
    }
  }

  /** How a call ended. */
  public record End(Outcome outcome, int status) {}

  /** How a gRPC exchange ended. */
  public record GrpcEnd(int status, long requestMessages, long responseMessages) {}

  /** One request as it was shown, and its end. */
  public static final class Arrival {
    public final String method;
    public final String scheme;
    public final String authority;
    public final String path;
    public final @Nullable String dispatchPath;
    public final @Nullable InetSocketAddress peer;
    public final int localPort;
    public final @Nullable String tag;
    public final @Nullable String absent;

    /** What was current on the thread that showed the request. */
    public final CallContext before = CallContext.current();

    private final AtomicInteger closes = new AtomicInteger();
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final List<GrpcEnd> grpcEnds = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runnable> aborts = new LinkedBlockingQueue<>();

    private Arrival(InboundRequest request) {
      method = request.method();
      scheme = request.scheme();
      authority = request.authority();
      path = request.path();
      dispatchPath = request.dispatchPath();
      peer = request.peerAddress();
      localPort = request.localPort();
      tag = request.header("x-tag");
      absent = request.header("x-absent");
    }

    private InboundCall call(Verdict verdict, CallContext context) {
      CompletionStage<?> pending = verdict.pending();
      return new InboundCall() {
        @Override
        public @Nullable CompletionStage<?> pending() {
          return pending;
        }

        @Override
        public @Nullable LocalReply reply() {
          assertDecided("reply");
          return verdict.reply();
        }

        @Override
        public HeaderMutations requestHeaders() {
          assertDecided("requestHeaders");
          return verdict.headers();
        }

        @Override
        public CallContext context() {
          return context;
        }

        @Override
        public void onRevoked(Runnable abort) {
          assertDecided("onRevoked");
          aborts.add(abort);
        }

        private void assertDecided(String question) {
          if (pending != null && !pending.toCompletableFuture().isDone()) {
            throw new IllegalStateException(question + " was asked before the verdict was there");
          }
        }

        @Override
        public void onGrpcEnd(int status, long requestMessages, long responseMessages) {
          grpcEnds.add(new GrpcEnd(status, requestMessages, responseMessages));
        }

        @Override
        public void close(Outcome outcome, int status) {
          closes.incrementAndGet();
          ends.add(new End(outcome, status));
        }
      };
    }

    /** Takes the permission back: breaks off what goes on. Waits until the adapter told how. */
    public void revoke() throws InterruptedException {
      Runnable abort = aborts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(abort).as("a way to break off %s %s", method, path).isNotNull();
      abort.run();
    }

    /** Whether the end was told by now. */
    public boolean isOpen() {
      return closes.get() == 0;
    }

    /** What was told of the end of a gRPC exchange, before {@link #end}. */
    public List<GrpcEnd> grpcEnds() {
      return grpcEnds;
    }

    /** How it ended; waits for it. */
    public End end() throws InterruptedException {
      End end = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(end).as("end of %s %s", method, path).isNotNull();
      return end;
    }
  }
}
