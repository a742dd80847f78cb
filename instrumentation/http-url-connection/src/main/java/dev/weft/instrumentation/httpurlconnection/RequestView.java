package dev.weft.instrumentation.httpurlconnection;

import dev.weft.outbound.OutboundRequest;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** The request of a {@link MeshConnection} as the JDK would send it. */
final class RequestView extends OutboundRequest {

  private final MeshConnection connection;

  RequestView(MeshConnection connection) {
    this.connection = connection;
  }

  @Override
  public String method() {
    return connection.getRequestMethod();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    // The JDK drops a Host header of the application unless this is set.
    String own = Boolean.getBoolean("sun.net.http.allowRestrictedHeaders") ? header("host") : null;
    URL url = connection.getURL();
    boolean isDefault = url.getPort() < 0 || url.getPort() == url.getDefaultPort();
    return own != null ? own : isDefault ? url.getHost() : url.getHost() + ":" + url.getPort();
  }

  @Override
  public int port() {
    URL url = connection.getURL();
    return url.getPort() < 0 ? url.getDefaultPort() : url.getPort();
  }

  @Override
  public String path() {
    String file = connection.getURL().getFile();
    return file.startsWith("/") ? file : "/" + file;
  }

  @Override
  public @Nullable String header(String name) {
    return connection.requestHeaders().joined(name);
  }

  @Override
  public boolean isReplayable() {
    return !connection.isStreaming();
  }
}
