package dev.weft.instrumentation.jettyclient9;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * The tag of an attempt: equal ones share connections. The library asks it to decorate those
 * connections, which is where TLS comes in.
 */
final class MeshTag implements ClientConnectionFactory.Decorator {

  private final Destinations destinations;
  private final Endpoint endpoint;
  private final @Nullable Object own;

  /** Since when the one destination that has this very object rests; 0 for not at all. */
  private volatile long restsSince;

  /**
   * @param own the tag of the application
   */
  MeshTag(Destinations destinations, Endpoint endpoint, @Nullable Object own) {
    this.destinations = destinations;
    this.endpoint = endpoint;
    this.own = own;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** For how long its destination rests by now, in nanoseconds. Called by one thread. */
  long rests(boolean idle, long now) {
    if (!idle || restsSince == 0) {
      restsSince = idle ? now : 0;
      return 0;
    }
    return now - restsSince;
  }

  @Override
  public ClientConnectionFactory apply(ClientConnectionFactory factory) {
    destinations.onNew();
    ClientConnectionFactory decorated =
        own instanceof ClientConnectionFactory.Decorator
            ? ((ClientConnectionFactory.Decorator) own).apply(factory)
            : factory;
    return endpoint.tls() ? (point, context) -> secure(decorated, point, context) : decorated;
  }

  private Connection secure(
      ClientConnectionFactory factory, EndPoint point, Map<String, Object> context)
      throws IOException {
    ClientTls tls = Mesh.transport().client(endpoint.peerHost());
    if (tls == null) {
      throw new SSLException("no certificate any more to reach " + endpoint.peerHost() + " with");
    }
    SslConnection connection =
        (SslConnection)
            new SslClientConnectionFactory(
                    settings(tls),
                    destinations.client().getByteBufferPool(),
                    destinations.client().getExecutor(),
                    factory)
                .newConnection(point, context);
    SSLEngine engine = connection.getSSLEngine();
    SSLParameters parameters = engine.getSSLParameters();
    tls.setServerName(parameters);
    engine.setSSLParameters(parameters);
    connection.addHandshakeListener(new Verifying(tls));
    return connection;
  }

  private SslContextFactory.Client settings(ClientTls tls) throws IOException {
    SslContextFactory.Client settings = new Settings(endpoint.peerHost());
    settings.setSslContext(tls.context());
    settings.setEndpointIdentificationAlgorithm(null);
    try {
      settings.start();
    } catch (Exception e) {
      throw new IOException("TLS to the mesh could not be set up", e);
    }
    return settings;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MeshTag
        && endpoint.equals(((MeshTag) other).endpoint)
        && Objects.equals(own, ((MeshTag) other).own);
  }

  @Override
  public int hashCode() {
    return endpoint.hashCode();
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }

  /** Knows the peer by its synthetic name, and has nothing to log about host names. */
  private static final class Settings extends SslContextFactory.Client {
    private final String peerHost;

    Settings(String peerHost) {
      this.peerHost = peerHost;
    }

    @Override
    public SSLEngine newSSLEngine(String host, int port) {
      return super.newSSLEngine(peerHost, port);
    }

    @Override
    protected void checkConfiguration() {}
  }

  /** Looks at the peer once more before anything is sent. */
  private static final class Verifying implements SslHandshakeListener {
    private final ClientTls tls;

    Verifying(ClientTls tls) {
      this.tls = tls;
    }

    @Override
    public void handshakeSucceeded(Event event) throws SSLException {
      tls.verify(event.getSSLEngine().getSession());
    }
  }
}
