package dev.weft.controlclient;

import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Links over gRPC. A channel serves one stream to one address and ends with it: choosing among
 * addresses and waiting between attempts is done by {@link Session}, not twice.
 */
final class GrpcLinks implements Link.Factory {

  /** One message is one consistent set, so the first one to a busy client can be large. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ScheduledExecutorService loop;
  private final Executor io;

  /**
   * @param loop the loop's own executor: gRPC's callbacks and timers run on the loop's thread
   * @param io for what blocks: gRPC reads on one thread of it as long as a link is open
   */
  GrpcLinks(ScheduledExecutorService loop, Executor io) {
    this.loop = loop;
    this.io = io;
  }

  /** The one place that says how the connection is secured. */
  private static ChannelCredentials credentials() {
    return InsecureChannelCredentials.create();
  }

  @Override
  public Link open(ServerAddress address, Link.Listener listener) {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress(address.host, address.port, credentials())
            .executor(loop)
            .scheduledExecutorService(loop)
            .offloadExecutor(io)
            .transportExecutor(io)
            // The application's ProxySelector is the application's code, and for its own traffic.
            .proxyDetector(target -> null)
            .disableRetry()
            .disableServiceConfigLookUp()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .userAgent("weft-agent")
            .build();
    GrpcLink link = new GrpcLink(channel, listener);
    // The observer keeps the call; the returned one is the same object.
    MeshDiscoveryGrpc.newStub(channel).stream(link);
    return link;
  }

  /** A stream and the channel that carries it. */
  private static final class GrpcLink
      implements Link, ClientResponseObserver<Weft.AgentMessage, Weft.ServerMessage> {

    private final ManagedChannel channel;
    private final Listener listener;
    private @Nullable ClientCallStreamObserver<Weft.AgentMessage> call;
    private boolean closed;

    GrpcLink(ManagedChannel channel, Listener listener) {
      this.channel = channel;
      this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Weft.AgentMessage> requestStream) {
      call = requestStream;
    }

    @Override
    public void send(Weft.AgentMessage message) {
      ClientCallStreamObserver<Weft.AgentMessage> open = call;
      if (!closed && open != null) {
        open.onNext(message);
      }
    }

    @Override
    public void finish() {
      ClientCallStreamObserver<Weft.AgentMessage> open = call;
      if (!closed && open != null) {
        open.onCompleted();
      }
    }

    @Override
    public void abort() {
      closed = true;
      channel.shutdownNow();
    }

    @Override
    public void onNext(Weft.ServerMessage message) {
      if (!closed) {
        listener.onMessage(message);
      }
    }

    @Override
    public void onError(Throwable problem) {
      closed(reason(problem));
    }

    @Override
    public void onCompleted() {
      closed("the server ended the stream");
    }

    private void closed(String reason) {
      if (!closed) {
        abort();
        listener.onClosed(reason);
      }
    }

    /** The innermost cause says what an operator can act on; the status alone is "io exception". */
    private static String reason(Throwable problem) {
      Status status = Status.fromThrowable(problem);
      Throwable cause = status.getCause();
      if (cause == null) {
        String description = status.getDescription();
        return description == null ? status.getCode().toString() : description;
      }
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      String text = cause.getMessage();
      return text == null ? cause.getClass().getSimpleName() : text;
    }
  }
}
