package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.outbound.BlockingDriver;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
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
    scope.clientContext.setAttribute(CONNECTED, true);
    return chain.proceed(request, scope);
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

  static boolean isSettled(@Nullable HttpContext context) {
    return context != null && context.getAttribute(SETTLED) != null;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    if (scope.route.getProxyHost() != null) {
      return chain.proceed(request, scope);
    }
    scope.clientContext.removeAttribute(SETTLED);
    try {
      return BlockingDriver.run(
          new RequestView(request, scope), new ClassicExchange(request, scope, chain));
    } catch (IOException | HttpException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // The chain throws nothing else; without this line it could not be said in Java.
      throw new IllegalStateException(e);
    }
  }
}
