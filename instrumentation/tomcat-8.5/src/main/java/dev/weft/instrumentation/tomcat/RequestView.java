package dev.weft.instrumentation.tomcat;

import dev.weft.inbound.InboundRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.apache.catalina.connector.Request;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request. */
final class RequestView extends InboundRequest {

  private final Request request;
  private final @Nullable Connection connection;

  /**
   * @param connection null where it is not known
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
    // HTTP/2 has no such header; old versions keep :authority only as the server's name.
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

  /** By which the mapper chose. */
  @Override
  public @Nullable String dispatchPath() {
    return request.getDecodedRequestURI();
  }

  @Override
  public @Nullable String header(String name) {
    Enumeration<String> values = request.getHeaders(name);
    if (values == null || !values.hasMoreElements()) {
      return null;
    }
    StringBuilder joined = new StringBuilder(values.nextElement());
    while (values.hasMoreElements()) {
      joined.append(',').append(values.nextElement());
    }
    return joined.toString();
  }

  @Override
  public Collection<String> headerNames() {
    List<String> names = new ArrayList<>();
    Enumeration<String> all = request.getHeaderNames();
    while (all.hasMoreElements()) {
      names.add(all.nextElement().toLowerCase(Locale.ROOT));
    }
    return names;
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
