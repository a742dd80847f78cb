package dev.weft.instrumentation.servlet.javax;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** A permitted request, from its outermost filter or servlet to its end on whatever thread. */
final class ServedRequest implements AsyncListener {

  /** On the request itself: forwards, includes, error and asynchronous dispatches keep it. */
  private static final String MARK = "dev.weft.inbound";

  private final InboundCall call;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final AtomicBoolean ended = new AtomicBoolean();

  private ServedRequest(
      InboundCall call, HttpServletRequest request, HttpServletResponse response) {
    this.call = call;
    this.request = request;
    this.response = response;
  }

  /** What {@link ServeAdvice#enter} gives. */
  static @Nullable Object enter(ServletRequest request, ServletResponse response) {
    if (!(request instanceof HttpServletRequest)
        || !(response instanceof HttpServletResponse)
        || request.getAttribute(MARK) != null) {
      return null;
    }
    request.setAttribute(MARK, true);
    HttpServletRequest http = (HttpServletRequest) request;
    InboundCall call;
    try {
      call = Mesh.inbound().open(new ServletRequestView(http));
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      return null;
    }
    LocalReply reply = call.reply();
    if (reply == null) {
      return new ServedRequest(call, http, (HttpServletResponse) response);
    }
    answer(reply, call, http, (HttpServletResponse) response);
    return true;
  }

  private static void answer(
      LocalReply reply,
      InboundCall call,
      HttpServletRequest request,
      HttpServletResponse response) {
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
      call.close(outcome, response.isCommitted() ? reply.status() : 0);
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

  private void end(Outcome outcome, int status) {
    if (ended.compareAndSet(false, true)) {
      call.close(outcome, status);
    }
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
