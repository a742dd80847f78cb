package dev.weft.instrumentation.servlet.javax;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest.Connection;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** A permitted request, from its outermost filter or servlet to its end on whatever thread. */
final class ServedRequest implements AsyncListener {

  private final InboundCall call;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final @Nullable Connection connection;

  /** Held while the exchange is broken off: its container must not reuse it meanwhile. */
  private final ReentrantLock ending = new ReentrantLock();

  private boolean ended;

  private ServedRequest(
      InboundCall call,
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Connection connection) {
    this.call = call;
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
    InboundCall call;
    try {
      call = Mesh.inbound().open(new ServletRequestView(http, connection));
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      return null;
    }
    return new ServedRequest(call, http, (HttpServletResponse) response, connection).decide();
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
    LocalReply reply;
    HttpServletRequest changed = request;
    try {
      reply = verdict();
      if (reply == null) {
        changed = changed(call.requestHeaders());
        call.onRevoked(this::abort);
      }
    } catch (InterruptedIOException undecided) {
      reply = LocalReply.text(503, "no verdict", "-");
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

  private @Nullable LocalReply verdict() throws InterruptedIOException {
    CompletionStage<?> pending = call.pending();
    if (pending != null) {
      BlockingDriver.await(pending);
    }
    return call.reply();
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
      end(outcome, response.isCommitted() ? reply.status() : 0);
    }
  }

  /** The outermost call is over, and with it the request unless it left its thread. */
  void exit(@Nullable Throwable thrown) {
    if (thrown != null) {
      // Not committed: the container answers. Committed: the response breaks off.
      boolean committed = response.isCommitted();
      end(
          committed ? Outcome.FAILED : Outcome.COMPLETED,
          committed ? response.getStatus() : HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    } else if (!leftItsThread()) {
      end(Outcome.COMPLETED, response.getStatus());
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

  /** Told at once: what the application does afterwards reaches nobody. */
  private void abort() {
    int status;
    ending.lock();
    try {
      if (ended || connection == null) {
        return;
      }
      status = response.isCommitted() ? response.getStatus() : 0;
      connection.abort();
      ended = true;
    } finally {
      ending.unlock();
    }
    call.close(Outcome.FAILED, status);
  }

  private void end(Outcome outcome, int status) {
    ending.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
    } finally {
      ending.unlock();
    }
    call.close(outcome, status);
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end(Outcome.COMPLETED, response.getStatus());
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
