package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.outbound.BlockingDriver;
import java.io.IOException;
import org.apache.http.HttpException;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Our link in the chain of a client: sends each hop of a request through the mesh. What a request
 * carries between links is kept in its own context, under two names of ours.
 */
final class MeshExec implements ClientExecChain {

  private static final String INSIDE = "weft.inside";
  private static final String SENT_AGAIN = "weft.sent-again";

  private final ClientExecChain next;

  MeshExec(ClientExecChain next) {
    this.next = next;
  }

  /** Whether a link of ours, further out, has taken this request already. */
  static boolean isInside(HttpContext context) {
    return context.getAttribute(INSIDE) != null;
  }

  /** Whether the mesh sent the last hop of this request more than once. */
  static boolean isSentAgain(HttpContext context) {
    return context.getAttribute(SENT_AGAIN) != null;
  }

  static void markSentAgain(HttpContext context) {
    context.setAttribute(SENT_AGAIN, true);
  }

  @Override
  public CloseableHttpResponse execute(
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      @Nullable HttpExecutionAware caller)
      throws IOException, HttpException {
    if (isInside(context) || route.getProxyHost() != null) {
      return next.execute(route, request, context, caller);
    }
    context.removeAttribute(SENT_AGAIN);
    context.setAttribute(INSIDE, true);
    try {
      RequestView view = new RequestView(route, request, context);
      return BlockingDriver.run(
          view, new ApacheExchange(next, route, request, context, caller, view.authority()));
    } catch (IOException | HttpException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // The chain throws nothing else; without this line it could not be said in Java.
      throw new IllegalStateException(e);
    } finally {
      context.removeAttribute(INSIDE);
    }
  }
}
