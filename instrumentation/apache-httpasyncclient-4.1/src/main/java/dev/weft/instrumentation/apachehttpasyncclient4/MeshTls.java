package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.apache.http.HttpHost;
import org.apache.http.config.Lookup;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.conn.NHttpClientConnectionManager;
import org.apache.http.nio.conn.SchemeIOSessionStrategy;
import org.apache.http.nio.reactor.IOSession;
import org.apache.http.nio.reactor.ssl.SSLIOSession;
import org.apache.http.nio.reactor.ssl.SSLMode;
import org.apache.http.nio.reactor.ssl.SSLSetupHandler;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;

/** Mutual TLS to an endpoint of the mesh, for one new connection. */
final class MeshTls implements SchemeIOSessionStrategy, SSLSetupHandler {

  private final ClientTls tls;
  private final Runnable verified;
  private boolean started;

  /**
   * @param verified run on the connection's thread when the handshake is over and the peer is who
   *     it should be
   */
  MeshTls(ClientTls tls, Runnable verified) {
    this.tls = tls;
    this.verified = verified;
  }

  /** Makes the library put this TLS on a new connection, of which nothing was written yet. */
  void start(
      NHttpClientConnectionManager manager, NHttpClientConnection connection, HttpRoute route)
      throws IOException {
    Lookup<SchemeIOSessionStrategy> strategies = scheme -> this;
    HttpContext context = new BasicHttpContext();
    context.setAttribute("http.ioSession-factory-registry", strategies);
    // Its name before 4.1.4.
    context.setAttribute("http.iosession-factory-registry", strategies);
    manager.startRoute(connection, route, context);
    if (!started) {
      throw new SSLException("TLS to " + route.getTargetHost() + " was not started by " + manager);
    }
  }

  @Override
  public boolean isLayeringRequired() {
    return true;
  }

  @Override
  public IOSession upgrade(HttpHost host, IOSession session) throws IOException {
    SSLIOSession secure = new SSLIOSession(session, SSLMode.CLIENT, host, tls.context(), this);
    session.setAttribute(SSLIOSession.SESSION_KEY, secure);
    secure.initialize();
    started = true;
    return secure;
  }

  @Override
  public void initalize(SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    tls.setServerName(parameters);
    engine.setSSLParameters(parameters);
  }

  @Override
  public void verify(IOSession session, SSLSession established) throws SSLException {
    tls.verify(established);
    verified.run();
  }
}
