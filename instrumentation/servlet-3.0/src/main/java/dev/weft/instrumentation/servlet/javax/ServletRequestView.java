package dev.weft.instrumentation.servlet.javax;

import dev.weft.inbound.InboundRequest;
import dev.weft.instrumentation.ViewParts;
import java.net.InetSocketAddress;
import javax.servlet.ServletContext;
import javax.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request. */
final class ServletRequestView extends InboundRequest {

  private final HttpServletRequest request;
  private final @Nullable Connection connection;

  /**
   * @param connection as the container's adapter put it on the request; null in other containers
   */
  ServletRequestView(HttpServletRequest request, @Nullable Connection connection) {
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
    // HTTP/2 has no such header; some containers keep :authority only as the server's name.
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
  public @Nullable String header(String name) {
    return ViewParts.joined(request.getHeaders(name));
  }

  /**
   * The parts that the container mapped the request by, the context's own as the container has it:
   * that of the request is still encoded.
   */
  @Override
  public @Nullable String dispatchPath() {
    String servlet = request.getServletPath();
    if (servlet == null) {
      return null;
    }
    ServletContext application = request.getServletContext();
    String context = application == null ? null : application.getContextPath();
    String rest = request.getPathInfo();
    return (context == null ? "" : context) + servlet + (rest == null ? "" : rest);
  }

  /**
   * The container's own word for it only: {@code getRemoteAddr} may be what a client wrote into
   * X-Forwarded-For, and a peer is trusted by its address.
   */
  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return connection == null ? null : connection.peerAddress();
  }

  @Override
  public int localPort() {
    return connection != null ? connection.localPort() : request.getLocalPort();
  }
}
