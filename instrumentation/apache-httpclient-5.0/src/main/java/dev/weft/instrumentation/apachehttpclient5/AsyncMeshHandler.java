package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.context.CallContext;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.config.NamedElementChain;
import org.apache.hc.core5.http.message.HttpRequestWrapper;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Our handler in the chain of an asynchronous client: sends each hop of a request through the mesh.
 */
final class AsyncMeshHandler implements AsyncExecChainHandler {

  private static final String NAME = "WEFT";

  static void addTo(NamedElementChain<AsyncExecChainHandler> chain) {
    chain.addBefore(ChainElement.CONNECT.name(), new AsyncMeshHandler(), NAME);
    chain.addBefore(ChainElement.MAIN_TRANSPORT.name(), AsyncMeshHandler::watch, NAME + "_WATCH");
  }

  /** Stands behind the library's connecting, which TLS may follow: sees the request written. */
  private static void watch(
      HttpRequest request,
      @Nullable AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    chain.proceed(new Watched(request, scope.clientContext), body, scope, callback);
  }

  @Override
  public void execute(
      HttpRequest request,
      @Nullable AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    if (scope.route.getProxyHost() != null) {
      chain.proceed(request, body, scope, callback);
      return;
    }
    MeshHandler.unsettle(scope.clientContext);
    CallContext before = contextOf(scope).attach();
    try {
      new AsyncHop(request, body, scope, chain, callback).run();
    } finally {
      CallContext.restore(before);
    }
  }

  /** Redirects and the library's own retries come on its own threads; they belong to the first. */
  private static CallContext contextOf(AsyncExecChain.Scope scope) {
    HttpContext own = scope.clientContext;
    Object kept = own.getAttribute(CallContext.KEY);
    if (kept instanceof Kept && ((Kept) kept).exchangeId.equals(scope.exchangeId)) {
      return ((Kept) kept).context;
    }
    CallContext current = CallContext.current();
    if (!current.isEmpty() || kept != null) {
      own.setAttribute(CallContext.KEY, new Kept(scope.exchangeId, current));
    }
    return current;
  }

  /** A request that says when it is written. */
  private static final class Watched extends HttpRequestWrapper {
    private final HttpContext context;

    Watched(HttpRequest request, HttpContext context) {
      super(request);
      this.context = context;
    }

    @Override
    public Iterator<Header> headerIterator() {
      MeshHandler.connected(context);
      return super.headerIterator();
    }
  }

  /** The context of one request, since a library context may serve many. */
  private static final class Kept {
    private final String exchangeId;
    private final CallContext context;

    Kept(String exchangeId, CallContext context) {
      this.exchangeId = exchangeId;
      this.context = context;
    }
  }
}
