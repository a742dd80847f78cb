package dev.weft.instrumentation.jetty12;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.instrumentation.ServedCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request, from before its handlers to the end of its stream, on whatever threads. */
final class ServedRequest {

  /** On the request. */
  private static final String SERVED = "dev.weft.served";

  private final MeshRequest request;
  private final ServedCall served;

  /** The status that was sent; 0 before. Error pages have a response of their own. */
  private volatile int status;

  /** The last of the response was sent. */
  private volatile boolean whole;

  /** Its verdict was pending, and the request is handed to the server once more. */
  private boolean pended;

  private ServedRequest(MeshRequest request, ServedCall served) {
    this.request = request;
    this.served = served;
  }

  /**
   * What {@link HandleAdvice#enter} gives: the request that the handlers see; a {@code Boolean}
   * when it is answered here, or later, which skips the handlers; the {@link CallContext} to return
   * to.
   */
  static @Nullable Object[] enter(
      Server server, Request request, Response response, Callback callback) {
    try {
      Object known = request.getAttribute(SERVED);
      if (known instanceof ServedRequest) {
        return ((ServedRequest) known).enterAgain(request, response, callback);
      }
      MeshRequest own = MeshRequest.of(request);
      ServedRequest served = new ServedRequest(own, ServedCall.open(new RequestView(own)));
      request.setAttribute(SERVED, served);
      request.addHttpStreamWrapper(served::watch);
      return served.decide(server, response, callback);
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      Response.writeError(request, response, callback, 503);
      return new @Nullable Object[] {request, true, null};
    }
  }

  private @Nullable Object[] decide(Server server, Response response, Callback callback) {
    CompletionStage<?> pending = served.call().pending();
    if (pending == null) {
      return act(response, callback);
    }
    // The thread may be one that serves connections: it does not wait.
    pended = true;
    pending.whenComplete(
        (result, failure) ->
            server.getThreadPool().execute(() -> handle(server, response, callback)));
    return new @Nullable Object[] {request, true, null};
  }

  /** As the channel does it. */
  private void handle(Server server, Response response, Callback callback) {
    try {
      if (!server.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Throwable t) {
      callback.failed(t);
    }
  }

  private @Nullable Object[] enterAgain(Request again, Response response, Callback callback) {
    if (pended) {
      pended = false;
      return act(response, callback);
    }
    return new @Nullable Object[] {again, null, served.call().context().attach()};
  }

  private @Nullable Object[] act(Response response, Callback callback) {
    InboundCall call = served.call();
    LocalReply reply = call.reply();
    if (reply != null) {
      answer(reply, response, callback);
      return new @Nullable Object[] {request, true, null};
    }
    request.changeHeaders(call.requestHeaders());
    call.onRevoked(() -> served.abort(request.connection(), () -> status));
    CallContext context = call.context();
    request.setContext(context);
    request.setAttribute(InboundCall.DECIDED, true);
    request.setAttribute(CallContext.KEY, context);
    return new @Nullable Object[] {request, null, context.attach()};
  }

  private void answer(LocalReply reply, Response response, Callback callback) {
    response.setStatus(reply.status());
    reply.headers().apply(name -> {}, response.getHeaders()::put, response.getHeaders()::add);
    byte[] body = reply.body();
    response.getHeaders().put("Content-Length", Integer.toString(body.length));
    boolean head = "HEAD".equals(request.getMethod());
    response.write(true, ByteBuffer.wrap(head ? new byte[0] : body), callback);
  }

  /** Sees what is really sent, and the end. */
  private HttpStream watch(HttpStream stream) {
    return new HttpStream.Wrapper(stream) {
      @Override
      public void send(
          MetaData.Request head,
          MetaData.@Nullable Response response,
          boolean last,
          @Nullable ByteBuffer content,
          Callback callback) {
        if (response != null && (response.getStatus() >= 200 || response.getStatus() == 101)) {
          status = response.getStatus();
        }
        super.send(head, response, last, content, last ? whole(callback) : callback);
      }

      @Override
      public void succeeded() {
        served.end(Outcome.COMPLETED, status);
        super.succeeded();
      }

      @Override
      public void failed(Throwable failure) {
        // Also of a request whose handler failed and whose error page was sent.
        served.end(whole ? Outcome.COMPLETED : Outcome.FAILED, status);
        super.failed(failure);
      }
    };
  }

  private Callback whole(Callback sent) {
    return new Callback.Nested(sent) {
      @Override
      public void succeeded() {
        whole = true;
        super.succeeded();
      }
    };
  }
}
