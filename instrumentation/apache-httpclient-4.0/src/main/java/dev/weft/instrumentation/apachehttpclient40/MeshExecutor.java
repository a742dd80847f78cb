package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.outbound.BlockingDriver;
import java.io.IOException;
import java.net.URI;
import org.apache.http.Header;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.impl.client.RequestWrapper;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpProcessor;
import org.apache.http.protocol.HttpRequestExecutor;

/**
 * Sends each hop of a request through the mesh when its connection is one of ours, and leaves
 * everything else to the client's own executor.
 */
final class MeshExecutor extends HttpRequestExecutor {

  /** The name that the adapter of HttpClient 4.3 uses: 4.5 has the classes of both. */
  private static final String SENT_AGAIN = "weft.sent-again";

  private final HttpRequestExecutor own;

  MeshExecutor(HttpRequestExecutor own) {
    this.own = own;
  }

  /** Whether the mesh sent the last hop of this request more than once. */
  static boolean isSentAgain(HttpContext context) {
    return context.getAttribute(SENT_AGAIN) != null;
  }

  static void markSentAgain(HttpContext context) {
    context.setAttribute(SENT_AGAIN, true);
  }

  @Override
  public HttpResponse execute(
      HttpRequest request, HttpClientConnection connection, HttpContext context)
      throws IOException, HttpException {
    MeshConnection behind = MeshConnection.behind(connection);
    if (behind == null || !(request instanceof RequestWrapper)) {
      return own.execute(request, connection, context);
    }
    RequestWrapper wrapper = (RequestWrapper) request;
    URI uri = wrapper.getURI();
    Header[] headers = wrapper.getAllHeaders();
    context.removeAttribute(SENT_AGAIN);
    try {
      return BlockingDriver.run(
          new RequestView(behind.route().getTargetHost(), wrapper, context),
          new MeshExchange(own, behind, wrapper, context));
    } catch (IOException | HttpException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // An exchange throws nothing else; without this line it could not be said in Java.
      throw new IllegalStateException(e);
    } finally {
      // A redirect to a relative URI starts from what the application wrote.
      wrapper.setURI(uri);
      wrapper.setHeaders(headers);
    }
  }

  @Override
  public void preProcess(HttpRequest request, HttpProcessor processor, HttpContext context)
      throws HttpException, IOException {
    own.preProcess(request, processor, context);
  }

  @Override
  public void postProcess(HttpResponse response, HttpProcessor processor, HttpContext context)
      throws HttpException, IOException {
    own.postProcess(response, processor, context);
  }
}
