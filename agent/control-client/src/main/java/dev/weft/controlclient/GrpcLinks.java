package dev.weft.controlclient;

import dev.weft.identity.ControlSecurity;
import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * Links over gRPC. A channel serves one stream to one address and ends with it: choosing among
 * addresses and waiting between attempts is done by {@link Session}, not twice.
 */
final class GrpcLinks implements Link.Factory {

  private final Channels channels;
  private final @Nullable ControlSecurity security;

  /**
   * @param security null where servers are asked in plaintext, and nobody says who we are
   */
  GrpcLinks(Channels channels, @Nullable ControlSecurity security) {
    this.channels = channels;
    this.security = security;
  }

  @Override
  public Link open(ServerAddress address, Link.Listener listener) throws Link.NotYetException {
    if (security != null && security.joins() && !security.hasCertificate()) {
      throw new Link.NotYetException("no certificate yet");
    }
    ManagedChannel channel = channels.open(address);
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
    private boolean finished;

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
      // After the goodbye there is nothing left to say.
      if (!closed && !finished && open != null) {
        open.onNext(message);
      }
    }

    @Override
    public void finish() {
      ClientCallStreamObserver<Weft.AgentMessage> open = call;
      if (!closed && !finished && open != null) {
        finished = true;
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
      closed(Channels.reason(problem));
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
  }
}
