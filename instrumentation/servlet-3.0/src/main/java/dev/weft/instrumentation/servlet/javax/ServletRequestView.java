package dev.weft.instrumentation.servlet.javax;

import dev.weft.inbound.InboundRequest;
import java.net.InetSocketAddress;
import java.util.Enumeration;
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
    int port = request.getServerPort();
    boolean usual = port == ("https".equals(request.getScheme()) ? 443 : 80);
    return usual ? request.getServerName() : request.getServerName() + ":" + port;
  }

  @Override
  public String path() {
    String query = request.getQueryString();
    return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
  }

  @Override
  public @Nullable String header(String name) {
    Enumeration<String> values = request.getHeaders(name);
    if (values == null || !values.hasMoreElements()) {
      return null;
    }
    String first = values.nextElement();
    if (!values.hasMoreElements()) {
      return first;
    }
    StringBuilder joined = new StringBuilder(first);
    while (values.hasMoreElements()) {
      joined.append(',').append(values.nextElement());
    }
    return joined.toString();
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
