package dev.weft.instrumentation.nettyhttp;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Which connections of clients get a {@link Relay}, and what they are connected to. */
final class Connects {

  /** Where the application connected to: the transport forgets the name. */
  private static final AttributeKey<InetSocketAddress> REMOTE =
      AttributeKey.valueOf("dev.weft.remote");

  private Connects() {}

  /**
   * Sees a connect in the place of the transport's; on the event loop. Returns whether {@code
   * promise} is taken care of.
   */
  static boolean takeOver(
      ChannelHandlerContext head,
      @Nullable SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    Channel channel = head.channel();
    if (!(remote instanceof InetSocketAddress)
        || !(channel instanceof SocketChannel)
        || channel.attr(REMOTE).get() != null) {
      return false;
    }
    InetSocketAddress address = (InetSocketAddress) remote;
    channel.attr(REMOTE).set(address);
    boolean nowhere = MeshNames.isNowhere(address);
    boolean relayed = stand(head.pipeline());
    if (!nowhere && !relayed) {
      return false;
    }
    CompletionStage<Boolean> governs =
        Mesh.outbound().governs(address.getHostString(), address.getPort());
    if (!nowhere && isKnownNotTo(governs)) {
      return false;
    }
    AtomicBoolean once = new AtomicBoolean();
    Runnable connectAnyway = () -> connect(channel, address, local, promise, false, once);
    java.util.concurrent.Future<?> late =
        channel
            .eventLoop()
            .schedule(connectAnyway, MeshNames.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    governs.whenComplete(
        (yes, failure) -> {
          boolean governed = yes != null && yes;
          Runnable connect = () -> connect(channel, address, local, promise, governed, once);
          late.cancel(false);
          if (channel.eventLoop().inEventLoop()) {
            connect.run();
          } else {
            channel.eventLoop().execute(connect);
          }
        });
    return true;
  }

  private static boolean isKnownNotTo(CompletionStage<Boolean> governs) {
    CompletableFuture<Boolean> answer = governs.toCompletableFuture();
    return answer.isCompletedExceptionally()
        || (answer.isDone() && !Boolean.TRUE.equals(answer.getNow(false)));
  }

  private static void connect(
      Channel channel,
      InetSocketAddress address,
      @Nullable SocketAddress local,
      ChannelPromise promise,
      boolean governed,
      AtomicBoolean once) {
    if (!once.compareAndSet(false, true) || !channel.isOpen()) {
      return;
    }
    if (governed) {
      Anchor.connect(channel, address, local, promise);
    } else if (MeshNames.isNowhere(address)) {
      promise.tryFailure(new UnknownHostException(address.getHostString()));
      channel.unsafe().close(channel.unsafe().voidPromise());
    } else {
      channel.unsafe().connect(address, local, promise);
    }
  }

  /** A handler was added to a pipeline. */
  static void added(ChannelHandlerContext added) {
    if (added.handler() instanceof HttpClientCodec
        && added.channel() instanceof SocketChannel
        && added.channel().attr(REMOTE).get() != null) {
      stand(added.pipeline());
    }
  }

  /** Puts a relay behind the codec, where there is one, and returns whether it stands there. */
  private static boolean stand(ChannelPipeline pipeline) {
    InetSocketAddress remote = pipeline.channel().attr(REMOTE).get();
    if (remote == null
        || pipeline.channel().parent() != null
        || Endpoint.isSynthetic(remote.getHostString())
        || Layers.areLeftAlone(pipeline)) {
      return false;
    }
    ChannelHandlerContext codec = pipeline.context(HttpClientCodec.class);
    if (codec == null) {
      return false;
    }
    if (pipeline.get(Relay.NAME) == null) {
      pipeline.addAfter(codec.name(), Relay.NAME, new Relay(remote));
    }
    return true;
  }
}
