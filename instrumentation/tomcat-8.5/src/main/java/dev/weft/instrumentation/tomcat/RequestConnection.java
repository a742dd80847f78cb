package dev.weft.instrumentation.tomcat;

import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.HeaderMutations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ActionCode;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.http.MimeHeaders;
import org.jspecify.annotations.Nullable;

/** What is under one request. Good for as long as the request is: Tomcat reuses its objects. */
final class RequestConnection implements InboundRequest.Connection {

  /** Where applications look for the certificates of a client, in the API of this Tomcat. */
  private static final String CERTIFICATES = certificatesAttribute();

  private final org.apache.coyote.Request request;
  private final OpenConnection connection;
  private final boolean streams;

  private RequestConnection(org.apache.coyote.Request request, OpenConnection connection) {
    this.request = request;
    this.connection = connection;
    this.streams = "HTTP/2.0".equals(request.protocol().toString());
  }

  /**
   * Puts it on the request, which forgets it when it is reused; before any valve of the application
   * has seen the request.
   */
  static void attach(org.apache.coyote.Request raw, Request request) {
    if (!(request.getConnector().getProtocolHandler() instanceof AbstractHttp11Protocol)) {
      // What AJP tells of a peer is the front server's word.
      return;
    }
    raw.action(ActionCode.REQ_HOST_ADDR_ATTRIBUTE, null);
    raw.action(ActionCode.REQ_REMOTEPORT_ATTRIBUTE, null);
    raw.action(ActionCode.REQ_LOCALPORT_ATTRIBUTE, null);
    String address = raw.remoteAddr().toString();
    OpenConnection connection =
        address == null || address.isEmpty()
            ? null
            : OpenConnection.find(address, raw.getRemotePort(), raw.getLocalPort());
    if (connection == null) {
      return;
    }
    raw.setAttribute(ATTRIBUTE, new RequestConnection(raw, connection));
    X509Certificate[] certificates = connection.certificates();
    if (certificates != null) {
      raw.setAttribute(CERTIFICATES, certificates);
    }
  }

  /** Null where it is not known. */
  static @Nullable RequestConnection of(org.apache.coyote.Request raw) {
    Object attached = raw.getAttribute(ATTRIBUTE);
    return attached instanceof RequestConnection ? (RequestConnection) attached : null;
  }

  private static String certificatesAttribute() {
    for (Class<?> api : Request.class.getInterfaces()) {
      if (api.getName().startsWith("jakarta.")) {
        return "jakarta.servlet.request.X509Certificate";
      }
    }
    return "javax.servlet.request.X509Certificate";
  }

  @Override
  public InetSocketAddress peerAddress() {
    return connection.peer();
  }

  @Override
  public int localPort() {
    return connection.localPort();
  }

  @Override
  public void changeHeaders(HeaderMutations changes) {
    changeHeaders(request, changes);
  }

  static void changeHeaders(org.apache.coyote.Request request, HeaderMutations changes) {
    if (changes.isEmpty()) {
      return;
    }
    MimeHeaders headers = request.getMimeHeaders();
    changes.apply(
        name -> remove(headers, name),
        (name, value) -> {
          remove(headers, name);
          add(headers, name, value);
        },
        (name, value) -> add(headers, name, value));
  }

  /** Keeps the others in their order; Tomcat's own removal moves the last one into the gap. */
  private static void remove(MimeHeaders headers, String name) {
    int size = headers.size();
    List<String> kept = new ArrayList<>(2 * size);
    for (int i = 0; i < size; i++) {
      if (!headers.getName(i).equalsIgnoreCase(name)) {
        kept.add(headers.getName(i).toString());
        kept.add(headers.getValue(i).toString());
      }
    }
    if (kept.size() == 2 * size) {
      return;
    }
    headers.recycle();
    for (int i = 0; i < kept.size(); i += 2) {
      headers.addValue(kept.get(i)).setString(kept.get(i + 1));
    }
  }

  private static void add(MimeHeaders headers, String name, String value) {
    try {
      headers.addValue(name).setString(value);
    } catch (IllegalStateException full) {
      // The limit is for the client's headers; Tomcat sets it again for the next request.
      headers.setLimit(-1);
      headers.addValue(name).setString(value);
    }
  }

  /**
   * Ends a stream of HTTP/2 that left its thread by itself; otherwise nothing but the end of the
   * connection stops a thread that reads or writes.
   */
  @Override
  public void abort() {
    AtomicBoolean async = new AtomicBoolean();
    request.action(ActionCode.ASYNC_IS_ASYNC, async);
    if (!streams || !async.get()) {
      connection.cut();
    }
    if (async.get()) {
      try {
        // Nobody would notice the cut: such a request waits for the application only.
        request.action(ActionCode.CLOSE_NOW, new IOException("the exchange was broken off"));
      } catch (NullPointerException noticed) {
        // NIO2 did, in the meantime: the processor has let go of the connection.
        connection.cut();
      }
    }
  }
}
