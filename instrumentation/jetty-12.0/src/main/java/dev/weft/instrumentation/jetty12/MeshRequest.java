package dev.weft.instrumentation.jetty12;

import dev.weft.context.CallContext;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request whose headers can be changed until the application reads them, and which knows the
 * connection under it. Over mutual TLS of the mesh it is what it would be without: plaintext.
 */
final class MeshRequest extends Request.Wrapper {

  private static final int HTTP_2 = 20;

  private final @Nullable Socket socket;
  private final @Nullable HttpURI uri;

  /** One object from the beginning: the older servlet APIs ask for it once and keep it. */
  private final HttpFields.Mutable headers;

  private CallContext context = CallContext.NONE;

  private MeshRequest(
      Request request,
      @Nullable InetSocketAddress peer,
      @Nullable InetSocketAddress local,
      boolean meshTls) {
    super(request);
    this.socket = peer == null || local == null ? null : new Socket(peer, local.getPort());
    this.headers = HttpFields.build(request.getHeaders());
    HttpURI seen = request.getHttpURI();
    // One that a customizer changed is what the application wants it to be.
    this.uri =
        meshTls && seen == Request.unWrap(request).getHttpURI()
            ? HttpURI.build(seen).scheme("http").asImmutable()
            : null;
  }

  /** Shows the connection under it as an attribute, where it is one of TCP and still there. */
  static MeshRequest of(Request request) {
    Object transport = request.getConnectionMetaData().getConnection().getEndPoint();
    boolean tls = false;
    while (transport instanceof EndPoint) {
      Object below = ((EndPoint) transport).getTransport();
      // Only the end point of TLS has another one as its transport; PROXY shows the socket's.
      tls |= below instanceof EndPoint;
      transport = below;
    }
    InetSocketAddress peer = null;
    InetSocketAddress local = null;
    if (transport instanceof SocketChannel) {
      try {
        SocketChannel channel = (SocketChannel) transport;
        if (channel.getRemoteAddress() instanceof InetSocketAddress) {
          peer = (InetSocketAddress) channel.getRemoteAddress();
          local = (InetSocketAddress) channel.getLocalAddress();
        }
      } catch (IOException gone) {
        // Decided all the same, without a peer.
      }
    }
    boolean meshTls = tls && !endsTls(request.getConnectionMetaData().getConnector());
    MeshRequest made = new MeshRequest(request, peer, local, meshTls);
    if (made.socket != null) {
      request.setAttribute(InboundRequest.Connection.ATTRIBUTE, made.socket);
    }
    return made;
  }

  private static boolean endsTls(Connector connector) {
    for (String protocol : connector.getProtocols()) {
      if (protocol.contains("ssl")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public HttpFields getHeaders() {
    return headers;
  }

  @Override
  public HttpURI getHttpURI() {
    return uri == null ? super.getHttpURI() : uri;
  }

  @Override
  public boolean isSecure() {
    return uri == null && super.isSecure();
  }

  /** What reads when there is more to read does so in the context of the request. */
  @Override
  public void demand(Runnable demandCallback) {
    super.demand(context.wrap(demandCallback));
  }

  InboundRequest.@Nullable Connection connection() {
    return socket;
  }

  boolean isHttp2() {
    return getConnectionMetaData().getHttpVersion().getVersion() >= HTTP_2;
  }

  void setContext(CallContext context) {
    this.context = context;
  }

  void changeHeaders(HeaderMutations changes) {
    changes.apply(headers::remove, headers::put, headers::add);
  }

  /** What is under the request. */
  private final class Socket implements InboundRequest.Connection {

    private final InetSocketAddress peer;
    private final int localPort;

    Socket(InetSocketAddress peer, int localPort) {
      this.peer = peer;
      this.localPort = localPort;
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
      MeshRequest.this.changeHeaders(changes);
    }

    @Override
    public void abort() {
      if (!isHttp2()) {
        getConnectionMetaData().getConnection().getEndPoint().close();
        return;
      }
      IOException revoked = new IOException("a policy does not allow it any more");
      try {
        addHttpStreamWrapper(
            stream -> {
              stream.failed(revoked);
              return stream;
            });
      } catch (IllegalStateException over) {
        // There is no stream any more.
      }
    }
  }
}
