package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.outbound.BlockingDriver;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.NamedElementChain;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Our handler in the chain of a client: sends each hop of a request through the mesh. What a
 * request carries between handlers is kept in its own context, under two names of ours.
 */
final class MeshHandler implements ExecChainHandler {

  private static final String NAME = "WEFT";
  private static final String CONNECTED = "weft.connected";
  private static final String SETTLED = "weft.settled";

  static void addTo(NamedElementChain<ExecChainHandler> chain) {
    chain.addBefore(ChainElement.CONNECT.name(), new MeshHandler(), NAME);
    chain.addBefore(
        ChainElement.MAIN_TRANSPORT.name(), MeshHandler::connected, NAME + "_" + CONNECTED);
  }

  /** Stands behind the library's connecting: who comes here has a connection. */
  private static ClassicHttpResponse connected(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    connected(scope.clientContext);
    return chain.proceed(request, scope);
  }

  static void connected(HttpContext context) {
    context.setAttribute(CONNECTED, true);
  }

  static void notConnected(HttpContext context) {
    context.removeAttribute(CONNECTED);
  }

  /** Whether the last attempt had a connection, so that something may have been sent. */
  static boolean isConnected(HttpContext context) {
    return context.getAttribute(CONNECTED) != null;
  }

  /** The mesh sent the last hop of this request more than once, or answered it. */
  static void settle(HttpContext context) {
    context.setAttribute(SETTLED, true);
  }

  static void unsettle(HttpContext context) {
    context.removeAttribute(SETTLED);
  }

  static boolean isSettled(@Nullable HttpContext context) {
    return context != null && context.getAttribute(SETTLED) != null;
  }

  private static boolean isReplayable(ClassicHttpRequest request, HttpContext context) {
    HttpEntity entity = request.getEntity();
    return entity == null || entity.isRepeatable() || !isConnected(context);
  }

  /**
   * The way to {@code endpoint} for a request that would go {@code route}.
   *
   * @param scheme what the library must take the connection for; the request's own in most cases
   */
  static HttpRoute route(HttpRoute route, Endpoint endpoint, String scheme) throws IOException {
    int port = endpoint.port();
    if (!route.isSecure()) {
      HttpHost host = new HttpHost(scheme, endpoint.address(), endpoint.peerHost(), port);
      return new HttpRoute(host, route.getLocalAddress(), false);
    }
    if (endpoint.tls()) {
      throw new ConnectException(endpoint + " needs mutual TLS (expected: plain http)");
    }
    // TLS of the application's own goes on to check the name that the application wrote.
    String name = route.getTargetHost().getHostName();
    InetAddress address = InetAddress.getByAddress(name, endpoint.address().getAddress());
    return new HttpRoute(new HttpHost(scheme, address, name, port), route.getLocalAddress(), true);
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    if (scope.route.getProxyHost() != null) {
      return chain.proceed(request, scope);
    }
    unsettle(scope.clientContext);
    try {
      return BlockingDriver.run(
          new RequestView(request, scope.route, () -> isReplayable(request, scope.clientContext)),
          new ClassicExchange(request, scope, chain));
    } catch (IOException | HttpException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // The chain throws nothing else; without this line it could not be said in Java.
      throw new IllegalStateException(e);
    }
  }
}
