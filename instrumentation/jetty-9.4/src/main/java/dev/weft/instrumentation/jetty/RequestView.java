package dev.weft.instrumentation.jetty;

import dev.weft.inbound.InboundRequest;
import dev.weft.instrumentation.ViewParts;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request of Jetty 9.4 to 11. */
final class RequestView extends InboundRequest {

  private final Request request;
  private final @Nullable Connection connection;

  /**
   * @param connection null where it is none of TCP
   */
  RequestView(Request request, @Nullable Connection connection) {
    this.request = request;
    this.connection = connection;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    return request.getScheme();
  }

  @Override
  public String authority() {
    String host = request.getHeader("host");
    if (host != null) {
      return host;
    }
    // HTTP/2 has no such header; Jetty keeps :authority only as the server's name.
    if (!request.getProtocol().startsWith("HTTP/2")) {
      return "";
    }
    return ViewParts.authority(scheme(), request.getServerName(), request.getServerPort());
  }

  @Override
  public String path() {
    String query = request.getQueryString();
    return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
  }

  @Override
  public @Nullable String dispatchPath() {
    return request.getPathInfo();
  }

  @Override
  public @Nullable String header(String name) {
    return ViewParts.joined(request.getHeaders(name));
  }

  @Override
  public Collection<String> headerNames() {
    return ViewParts.lowerCase(request.getHeaderNames());
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return connection == null ? null : connection.peerAddress();
  }

  @Override
  public int localPort() {
    return connection == null ? request.getLocalPort() : connection.localPort();
  }
}
