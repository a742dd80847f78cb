package dev.weft.instrumentation.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.transport.Endpoint;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server of {@link Sample} that answers with its own name, and otherwise as it is told. */
final class GrpcUpstream implements AutoCloseable {

  /** A call as it arrived. */
  record Seen(String method, String authority, Metadata headers, @Nullable Long millisLeft) {}

  private final String name;
  private final Server server;
  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final Queue<Status> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean hangs;

  private GrpcUpstream(String name) throws IOException {
    this.name = name;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    this.server = built(builder).start();
  }

  /** By the type that all versions have. */
  private <B extends ServerBuilder<B>> Server built(ServerBuilder<B> builder) {
    return builder
        .addService(service())
        .intercept(new Watch())
        .addTransportFilter(new Count())
        .build();
  }

  static GrpcUpstream start(String name) throws IOException {
    return new GrpcUpstream(name);
  }

  int port() {
    return server.getPort();
  }

  Endpoint endpoint() {
    return endpoint(name, false);
  }

  Endpoint endpoint(String peer, boolean tls) {
    return new Endpoint(
        peer + (tls ? Endpoint.TLS_SUFFIX : Endpoint.SUFFIX),
        InetAddress.getLoopbackAddress().getAddress(),
        server.getPort(),
        tls);
  }

  /** The next call ends in {@code status}, without a message. */
  GrpcUpstream fail(Status status) {
    failures.add(status);
    return this;
  }

  /** From now on calls get no answer. */
  GrpcUpstream hang() {
    hangs = true;
    return this;
  }

  Seen take() throws InterruptedException {
    Seen next = seen.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("a call that arrived at " + name).isNotNull();
    return java.util.Objects.requireNonNull(next);
  }

  int waiting() {
    return seen.size();
  }

  /** How the next call ended here. */
  String takeEnd() throws InterruptedException {
    String next = ends.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("the end of a call at " + name).isNotNull();
    return java.util.Objects.requireNonNull(next);
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    try {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new java.io.InterruptedIOException();
    }
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(Sample.NAME)
        .addMethod(
            Sample.ECHO,
            ServerCalls.asyncUnaryCall(
                (request, responses) -> {
                  if (!refuses(responses)) {
                    responses.onNext(name + " " + request);
                    responses.onCompleted();
                  }
                }))
        .addMethod(
            Sample.LIST,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> {
                  if (!refuses(responses)) {
                    for (int i = 0; i < Integer.parseInt(request); i++) {
                      responses.onNext(name + " " + i);
                    }
                    Status after = failures.poll();
                    if (after == null) {
                      responses.onCompleted();
                    } else {
                      responses.onError(after.asException());
                    }
                  }
                }))
        .addMethod(Sample.COLLECT, ServerCalls.asyncClientStreamingCall(Collecting::new))
        .addMethod(Sample.CHAT, ServerCalls.asyncBidiStreamingCall(Chatting::new))
        .build();
  }

  private boolean refuses(StreamObserver<String> responses) {
    Status failure = failures.poll();
    if (failure != null) {
      responses.onError(failure.asException());
    }
    return hangs || failure != null;
  }

  private final class Collecting implements StreamObserver<String> {
    private final StreamObserver<String> responses;
    private int messages;
    private int characters;

    Collecting(StreamObserver<String> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(String message) {
      messages++;
      characters += message.length();
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      if (!refuses(responses)) {
        responses.onNext(name + " " + messages + " of " + characters);
        responses.onCompleted();
      }
    }
  }

  private final class Chatting implements StreamObserver<String> {
    private final StreamObserver<String> responses;

    Chatting(StreamObserver<String> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(String message) {
      responses.onNext(name + " " + message);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private final class Watch implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      io.grpc.Deadline deadline = Context.current().getDeadline();
      seen.add(
          new Seen(
              call.getMethodDescriptor().getFullMethodName(),
              String.valueOf(call.getAuthority()),
              headers,
              deadline == null ? null : deadline.timeRemaining(TimeUnit.MILLISECONDS)));
      return new io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<Q>(
          next.startCall(call, headers)) {
        @Override
        public void onCancel() {
          ends.add("cancelled");
          super.onCancel();
        }

        @Override
        public void onComplete() {
          ends.add("completed");
          super.onComplete();
        }
      };
    }
  }

  private final class Count extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes transport) {
      connections.incrementAndGet();
      return transport;
    }
  }
}
