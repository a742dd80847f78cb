package dev.weft.instrumentation.jetty12;

import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
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
final class MeshRequest extends Request.Wrapper implements InboundRequest.Connection {

  private static final int HTTP_2 = 20;

  private final InetSocketAddress peer;
  private final int localPort;
  private final @Nullable HttpURI uri;

  /** One object from the beginning: the older servlet APIs ask for it once and keep it. */
  private final HttpFields.Mutable headers;

  private MeshRequest(Request request, InetSocketAddress peer, int localPort, boolean meshTls) {
    super(request);
    this.peer = peer;
    this.localPort = localPort;
    this.headers = HttpFields.build(request.getHeaders());
    HttpURI seen = request.getHttpURI();
    // One that a customizer changed is what the application wants it to be.
    this.uri =
        meshTls && seen == Request.unWrap(request).getHttpURI()
            ? HttpURI.build(seen).scheme("http").asImmutable()
            : null;
  }

  /**
   * Null where it is no TCP connection, where it is closed by now, and where it was done before.
   */
  static @Nullable MeshRequest of(Request request) {
    if (request.getAttribute(ATTRIBUTE) != null) {
      return null;
    }
    Object transport = request.getConnectionMetaData().getConnection().getEndPoint();
    boolean tls = false;
    while (transport instanceof EndPoint) {
      Object below = ((EndPoint) transport).getTransport();
      // Only the end point of TLS has another one as its transport; PROXY shows the socket's.
      tls |= below instanceof EndPoint;
      transport = below;
    }
    if (!(transport instanceof SocketChannel)) {
      return null;
    }
    try {
      SocketChannel socket = (SocketChannel) transport;
      InetSocketAddress peer = (InetSocketAddress) socket.getRemoteAddress();
      InetSocketAddress local = (InetSocketAddress) socket.getLocalAddress();
      if (peer == null || local == null) {
        return null;
      }
      boolean meshTls = tls && !endsTls(request.getConnectionMetaData().getConnector());
      MeshRequest made = new MeshRequest(request, peer, local.getPort(), meshTls);
      request.setAttribute(ATTRIBUTE, made);
      return made;
    } catch (ClosedChannelException gone) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
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
    changes.apply(headers::remove, headers::put, headers::add);
  }

  @Override
  public void abort() {
    if (getConnectionMetaData().getHttpVersion().getVersion() < HTTP_2) {
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
