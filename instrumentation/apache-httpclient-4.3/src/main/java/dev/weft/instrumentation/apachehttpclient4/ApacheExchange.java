package dev.weft.instrumentation.apachehttpclient4;

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
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.http.Header;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.protocol.HTTP;
import org.apache.http.util.EntityUtils;
import org.jspecify.annotations.Nullable;

/** One hop of a request, sent by the links below ours. */
final class ApacheExchange implements BlockingExchange<CloseableHttpResponse> {

  /** What the rest of an unwanted response may take before its connection is given up. */
  private static final long DRAIN_MILLIS = 100;

  private final ClientExecChain next;
  private final HttpRoute route;
  private final HttpRequestWrapper request;
  private final HttpClientContext context;
  private final @Nullable HttpExecutionAware caller;
  private final String authority;
  private final Header[] headers;
  private final URI uri;
  private volatile Abortable attempt;
  private boolean sent;

  ApacheExchange(
      ClientExecChain next,
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      @Nullable HttpExecutionAware caller,
      String authority) {
    this.next = next;
    this.route = route;
    this.request = request;
    this.context = context;
    this.caller = caller;
    this.authority = authority;
    this.headers = request.getAllHeaders();
    this.uri = request.getURI();
    this.attempt = new Abortable(caller);
  }

  @Override
  public CloseableHttpResponse send(Attempt attempt) throws IOException, HttpException {
    Abortable running = new Abortable(caller);
    this.attempt = running;
    if (sent) {
      MeshExec.markSentAgain(context);
    }
    sent = true;
    String path = attempt.path();
    String host = attempt.authority();
    request.setURI(path == null ? uri : URI.create(path));
    request.setHeaders(headers);
    request.setHeader(HTTP.TARGET_HOST, host == null ? authority : host);
    attempt.requestHeaders().apply(request::removeHeaders, request::setHeader, request::addHeader);
    context.removeAttribute(HttpClientContext.HTTP_REQ_SENT);
    RequestConfig config = context.getRequestConfig();
    if (attempt.connectTimeoutNanos() > 0) {
      int millis = (int) TimeUnit.NANOSECONDS.toMillis(attempt.connectTimeoutNanos() + 999_999);
      context.setRequestConfig(RequestConfig.copy(config).setConnectTimeout(millis).build());
    }
    try {
      return next.execute(to(attempt.endpoint()), request, context, running);
    } finally {
      context.setRequestConfig(config);
    }
  }

  private HttpRoute to(Endpoint endpoint) throws IOException {
    HttpHost target = route.getTargetHost();
    // TLS of the application's own goes on to check the name that the application wrote.
    InetAddress address =
        route.isSecure()
            ? InetAddress.getByAddress(target.getHostName(), endpoint.address().getAddress())
            : endpoint.address();
    HttpHost host = new HttpHost(address, endpoint.port(), target.getSchemeName());
    if (endpoint.tls() && !host.getHostName().equals(endpoint.peerHost())) {
      // HttpCore 4.3 forgets the name: neither pool nor socket would know whom to expect.
      throw new ConnectException(
          endpoint + " needs mutual TLS (expected: HttpCore 4.4, plain http)");
    }
    return new HttpRoute(host, route.getLocalAddress(), route.isSecure());
  }

  @Override
  public CloseableHttpResponse passThrough() throws IOException, HttpException {
    return next.execute(route, request, context, attempt);
  }

  @Override
  public OutboundResponse view(CloseableHttpResponse response) {
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
  public void discard(CloseableHttpResponse response) {
    Future<?> tooLong = Mesh.timer().schedule(attempt::abort, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    EntityUtils.consumeQuietly(response.getEntity());
    tooLong.cancel(false);
    try {
      response.close();
    } catch (IOException e) {
      // The connection is gone; nobody waits for this response.
    }
  }

  @Override
  public CloseableHttpResponse reply(LocalReply reply) {
    return MeshResponse.of(reply, request.getRequestLine().getProtocolVersion());
  }

  @Override
  public CloseableHttpResponse deliver(
      CloseableHttpResponse response, HeaderMutations headers, ResponseEnd end) {
    return MeshResponse.of(response, headers, end);
  }

  @Override
  public void abort() {
    attempt.abort();
  }

  @Override
  public boolean isCancelled() {
    return caller != null && caller.isAborted();
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return RequestView.isUnsent(context) ? FailureKind.CONNECT : FailureKind.of(failure);
  }
}
