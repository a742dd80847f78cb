package dev.weft.instrumentation.jetty;

import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpChannel;
import org.jspecify.annotations.Nullable;

/** The connection under one request of Jetty 9.4 to 11. */
final class RequestConnection implements InboundRequest.Connection {

  private final HttpChannel channel;
  private final InetSocketAddress peer;
  private final int localPort;

  private RequestConnection(HttpChannel channel, InetSocketAddress peer, int localPort) {
    this.channel = channel;
    this.peer = peer;
    this.localPort = localPort;
  }

  /** Null where it is no TCP connection, and where it is closed by now. */
  static @Nullable RequestConnection of(HttpChannel channel) {
    EndPoint endPoint = channel.getEndPoint();
    Object transport = endPoint == null ? null : endPoint.getTransport();
    // Through TLS; and past the addresses that a PROXY header claims.
    while (transport instanceof EndPoint) {
      transport = ((EndPoint) transport).getTransport();
    }
    if (!(transport instanceof SocketChannel)) {
      return null;
    }
    try {
      SocketChannel socket = (SocketChannel) transport;
      InetSocketAddress peer = (InetSocketAddress) socket.getRemoteAddress();
      InetSocketAddress local = (InetSocketAddress) socket.getLocalAddress();
      return peer == null || local == null
          ? null
          : new RequestConnection(channel, peer, local.getPort());
    } catch (ClosedChannelException gone) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public InetSocketAddress peerAddress() {
    return peer;
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public void changeHeaders(HeaderMutations changes) {
    RequestHeaders.change(channel.getRequest(), changes);
  }

  @Override
  public void abort() {
    channel.abort(new IOException("a policy does not allow it any more"));
  }
}
