package dev.weft.instrumentation.jetty12;

import dev.weft.inbound.InboundRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request. */
final class RequestView extends InboundRequest {

  private final MeshRequest request;

  RequestView(MeshRequest request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    String scheme = request.getHttpURI().getScheme();
    return scheme == null ? "http" : scheme;
  }

  @Override
  public String authority() {
    String host = request.getHeaders().get("host");
    if (host == null && request.isHttp2()) {
      host = request.getHttpURI().getAuthority();
    }
    return host == null ? "" : host;
  }

  @Override
  public String path() {
    String path = request.getHttpURI().getPathQuery();
    return path == null ? "/" : path;
  }

  @Override
  public @Nullable String dispatchPath() {
    HttpURI uri = request.getHttpURI();
    return uri.getDecodedPath();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = request.getHeaders().getValuesList(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  @Override
  public Collection<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (String name : request.getHeaders().getFieldNamesCollection()) {
      names.add(name.toLowerCase(Locale.ROOT));
    }
    return names;
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    Connection connection = request.connection();
    return connection == null ? null : connection.peerAddress();
  }

  @Override
  public int localPort() {
    Connection connection = request.connection();
    return connection == null ? Request.getLocalPort(request) : connection.localPort();
  }
}
