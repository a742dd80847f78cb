package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** One hop of a request, sent by the interceptors below ours. */
final class OkHttpExchange implements BlockingExchange<Response> {

  private final Interceptor.Chain chain;
  private final Request request;
  private volatile Binding binding;
  private boolean keeps;

  /**
   * @param keeps whether the call may have a connection from before
   */
  OkHttpExchange(Interceptor.Chain chain, Request request, boolean keeps) {
    this.chain = chain;
    this.request = request;
    this.keeps = keeps;
    this.binding = Binding.direct(chain, request.url());
  }

  /** Where the response redirects to; null for nowhere. */
  @Nullable Request followUp() {
    return binding.followUp();
  }

  @Override
  public Response send(Attempt attempt) throws IOException {
    Request.Builder changed = request.newBuilder();
    HttpUrl url = at(attempt.path());
    changed.url(url);
    String authority = attempt.authority();
    if (authority != null) {
      changed.header("Host", authority);
    }
    attempt.requestHeaders().apply(changed::removeHeader, changed::header, changed::addHeader);
    return proceed(Binding.to(attempt, chain, url), changed.build());
  }

  private HttpUrl at(@Nullable String path) {
    if (path == null) {
      return request.url();
    }
    int query = path.indexOf('?');
    return request
        .url()
        .newBuilder()
        .encodedPath(query < 0 ? path : path.substring(0, query))
        .encodedQuery(query < 0 ? null : path.substring(query + 1))
        .build();
  }

  private Response proceed(Binding next, Request sent) throws IOException {
    if (keeps) {
      letGo();
    }
    keeps = true;
    try {
      return proceedOnce(next, sent);
    } catch (Binding.WrongConnectionException e) {
      letGo();
      return proceedOnce(next, sent);
    }
  }

  private Response proceedOnce(Binding next, Request sent) throws IOException {
    binding = next;
    Binding outer = Binding.enter(next);
    try {
      return chain.proceed(sent);
    } finally {
      Binding.leave(outer);
    }
  }

  /**
   * Makes the call give its connection back: from 4.0 on it keeps it for its next request to the
   * same host, and lets go of it only on the way to another one, here one that does not exist.
   */
  private void letGo() {
    Request nowhere = new Request.Builder().url("http://nowhere" + Endpoint.SUFFIX).build();
    Binding outer = Binding.enter(Binding.nowhere(chain, nowhere.url()));
    try {
      chain.proceed(nowhere).body().close();
    } catch (IOException e) {
      // That there is no such host.
    } finally {
      Binding.leave(outer);
    }
  }

  @Override
  public Response passThrough() throws IOException {
    return proceed(Binding.direct(chain, request.url()), request);
  }

  @Override
  public OutboundResponse view(Response response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return response.code();
      }

      @Override
      public @Nullable String header(String name) {
        return RequestView.joined(response.headers(name));
      }
    };
  }

  @Override
  public void discard(Response response) {
    // Reads the rest for at most 100 ms before it gives the connection up.
    response.body().close();
  }

  @Override
  public Response reply(LocalReply reply) {
    binding = Binding.direct(chain, request.url());
    Response.Builder response =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(reply.status())
            .message("")
            .header("content-length", Integer.toString(reply.body().length));
    reply.headers().apply(response::removeHeader, response::header, response::addHeader);
    String type = response.body(body(null, reply)).build().header("content-type");
    return response.body(body(type, reply)).build();
  }

  private static ResponseBody body(@Nullable String type, LocalReply reply) {
    return ResponseBody.create(type == null ? null : MediaType.parse(type), reply.body());
  }

  @Override
  public Response deliver(Response response, HeaderMutations headers, ResponseEnd end) {
    Response.Builder delivered = response.newBuilder();
    headers.apply(delivered::removeHeader, delivered::header, delivered::addHeader);
    if (!response.request().url().equals(request.url()) && binding.followUp() == null) {
      // The path that the mesh wrote is not the application's to see.
      delivered.request(response.request().newBuilder().url(request.url()).build());
    }
    ResponseBody body = response.body();
    int status = response.code();
    boolean hasBody =
        !request.method().equals("HEAD") && status != 101 && status != 204 && status != 304;
    if (!hasBody || body.contentLength() == 0) {
      end.completed();
    } else {
      delivered.body(new WatchedBody(body, end));
    }
    return delivered.build();
  }

  @Override
  public void abort() {
    binding.abort();
  }

  @Override
  public boolean isCancelled() {
    Call call = NewerMembers.call(chain);
    return call != null && call.isCanceled();
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return binding.isConnected() ? FailureKind.of(failure) : FailureKind.CONNECT;
  }
}
