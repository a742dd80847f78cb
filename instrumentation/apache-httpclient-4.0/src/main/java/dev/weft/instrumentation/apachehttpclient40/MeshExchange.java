package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.client.RequestWrapper;
import org.apache.http.params.BasicHttpParams;
import org.apache.http.params.DefaultedHttpParams;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.ExecutionContext;
import org.apache.http.protocol.HTTP;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.jspecify.annotations.Nullable;

/** One hop of a request, sent over connections of the client's own. */
final class MeshExchange implements BlockingExchange<HttpResponse> {

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final HttpRequestExecutor executor;
  private final MeshConnection connection;
  private final RequestWrapper request;
  private final HttpContext context;
  private final Header[] headers;
  private final URI uri;
  private boolean sent;

  MeshExchange(
      HttpRequestExecutor executor,
      MeshConnection connection,
      RequestWrapper request,
      HttpContext context) {
    this.executor = executor;
    this.connection = connection;
    this.request = request;
    this.context = context;
    this.headers = request.getAllHeaders();
    this.uri = request.getURI();
  }

  @Override
  public HttpResponse send(Attempt attempt) throws IOException, HttpException {
    if (sent) {
      MeshExecutor.markSentAgain(context);
    }
    sent = true;
    String path = attempt.path();
    String authority = attempt.authority();
    request.setURI(path == null ? uri : URI.create(path));
    request.setHeaders(headers);
    if (authority != null) {
      request.setHeader(HTTP.TARGET_HOST, authority);
    }
    attempt.requestHeaders().apply(request::removeHeaders, request::setHeader, request::addHeader);
    HttpParams params = request.getParams();
    if (attempt.connectTimeoutNanos() > 0) {
      HttpParams own = new BasicHttpParams();
      HttpConnectionParams.setConnectionTimeout(
          own, (int) TimeUnit.NANOSECONDS.toMillis(attempt.connectTimeoutNanos() + 999_999));
      params = new DefaultedHttpParams(own, params);
    }
    Endpoint endpoint = attempt.endpoint();
    HttpRoute route = connection.route();
    HttpHost host =
        new HttpHost(
            EndpointName.of(endpoint), endpoint.port(), route.getTargetHost().getSchemeName());
    return exchange(new HttpRoute(host, route.getLocalAddress(), false), params);
  }

  @Override
  public HttpResponse passThrough() throws IOException, HttpException {
    return exchange(connection.route(), request.getParams());
  }

  private HttpResponse exchange(HttpRoute route, HttpParams params)
      throws IOException, HttpException {
    context.removeAttribute(ExecutionContext.HTTP_REQ_SENT);
    return connection.send(
        route, context, params, leased -> executor.execute(request, leased, context));
  }

  @Override
  public OutboundResponse view(HttpResponse response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.getStatusLine().getStatusCode();
      }

      @Override
      public @Nullable String header(String name) {
        return RequestView.joined(response, name);
      }
    };
  }

  @Override
  public void discard(HttpResponse response) {
    Future<?> tooLong =
        Mesh.timer().schedule(connection::abortAttempt, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    try {
      boolean reusable = connection.connections().reuse.keepAlive(response, context);
      HttpEntity entity = response.getEntity();
      if (entity != null && entity.isStreaming()) {
        // Reads the rest. The entity's own way to do so was made to do nothing in HttpCore 4.4.
        entity.getContent().close();
      }
      if (reusable) {
        connection.markReusable(
            connection.connections().keepAlive.getKeepAliveDuration(response, context));
      }
      connection.giveBack();
    } catch (IOException | RuntimeException e) {
      connection.drop();
    } finally {
      tooLong.cancel(false);
    }
  }

  @Override
  public HttpResponse reply(LocalReply reply) {
    return MeshResponse.of(reply, request.getRequestLine().getProtocolVersion());
  }

  @Override
  public HttpResponse deliver(HttpResponse response, HeaderMutations changes, ResponseEnd end) {
    changes.apply(response::removeHeaders, response::setHeader, response::addHeader);
    connection.onEnd(end);
    MeshResponse.watch(response, end);
    return response;
  }

  @Override
  public void abort() {
    connection.abortAttempt();
  }

  @Override
  public boolean isCancelled() {
    return connection.isAborted();
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return RequestView.isUnsent(context) ? FailureKind.CONNECT : FailureKind.of(failure);
  }
}
