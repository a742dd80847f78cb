package dev.weft.instrumentation.servlet.javax;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest.Connection;
import dev.weft.instrumentation.ServedCall;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** A permitted request, from its outermost filter or servlet to its end on whatever thread. */
final class ServedRequest implements AsyncListener {

  private final ServedCall served;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final @Nullable Connection connection;

  private ServedRequest(
      ServedCall served,
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Connection connection) {
    this.served = served;
    this.request = request;
    this.response = response;
    this.connection = connection;
  }

  /** What {@link ServeAdvice#enter} gives. */
  static @Nullable Object @Nullable [] enter(ServletRequest request, ServletResponse response) {
    if (!(request instanceof HttpServletRequest) || !(response instanceof HttpServletResponse)) {
      return null;
    }
    // By the container's own adapter, or further out; forwards, includes, error and asynchronous
    // dispatches keep it.
    if (request.getAttribute(InboundCall.DECIDED) != null) {
      return enterAgain(request);
    }
    request.setAttribute(InboundCall.DECIDED, true);
    HttpServletRequest http = (HttpServletRequest) request;
    Object attribute = request.getAttribute(Connection.ATTRIBUTE);
    Connection connection = attribute instanceof Connection ? (Connection) attribute : null;
    ServedCall served = ServedCall.open(new ServletRequestView(http, connection));
    return new ServedRequest(served, http, (HttpServletResponse) response, connection).decide();
  }

  /** Further in, or dispatched: perhaps on another thread, which has to get its context as well. */
  private static @Nullable Object @Nullable [] enterAgain(ServletRequest request) {
    Object context = request.getAttribute(CallContext.KEY);
    if (!(context instanceof CallContext) || CallContext.current() == context) {
      return null;
    }
    return new @Nullable Object[] {request, null, null, ((CallContext) context).attach()};
  }

  private @Nullable Object[] decide() {
    InboundCall call = served.call();
    LocalReply reply;
    HttpServletRequest changed = request;
    try {
      reply = served.verdict();
      if (reply == null) {
        changed = changed(call.requestHeaders());
        call.onRevoked(
            () ->
                served.abort(connection, () -> response.isCommitted() ? response.getStatus() : 0));
      }
    } catch (Throwable t) {
      // Decided and not done must not become let in.
      Mesh.problem("inbound verdict", t);
      reply = LocalReply.text(503, "no verdict", "-");
    }
    if (reply == null) {
      CallContext context = call.context();
      request.setAttribute(CallContext.KEY, context);
      return new @Nullable Object[] {changed, null, this, context.attach()};
    }
    answer(reply);
    return new @Nullable Object[] {request, true, null, null};
  }

  private HttpServletRequest changed(HeaderMutations changes) {
    if (changes.isEmpty()) {
      return request;
    }
    if (connection == null) {
      return new ChangedRequest(request, response, changes);
    }
    connection.changeHeaders(changes);
    return request;
  }

  private void answer(LocalReply reply) {
    Outcome outcome = Outcome.FAILED;
    try {
      response.setStatus(reply.status());
      reply.headers().apply(name -> {}, response::setHeader, response::addHeader);
      byte[] body = reply.body();
      response.setContentLength(body.length);
      if (!"HEAD".equals(request.getMethod())) {
        response.getOutputStream().write(body);
      }
      response.flushBuffer();
      outcome = Outcome.COMPLETED;
    } catch (IOException clientIsGone) {
      // Told as the outcome; there is nobody left to answer.
    } finally {
      served.end(outcome, response.isCommitted() ? reply.status() : 0);
    }
  }

  /** The outermost call is over, and with it the request unless it left its thread. */
  void exit(@Nullable Throwable thrown) {
    if (thrown != null) {
      // Not committed: the container answers. Committed: the response breaks off.
      boolean committed = response.isCommitted();
      served.end(
          committed ? Outcome.FAILED : Outcome.COMPLETED,
          committed ? response.getStatus() : HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    } else if (!leftItsThread()) {
      served.end(Outcome.COMPLETED, response.getStatus());
    }
  }

  private boolean leftItsThread() {
    if (!request.isAsyncStarted()) {
      return false;
    }
    try {
      request.getAsyncContext().addListener(this);
      return true;
    } catch (IllegalStateException overMeanwhile) {
      return false;
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    served.end(Outcome.COMPLETED, response.getStatus());
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // A dispatch that starts over forgets its listeners.
    event.getAsyncContext().addListener(this);
  }

  @Override
  public void onTimeout(AsyncEvent event) {}

  @Override
  public void onError(AsyncEvent event) {}
}
