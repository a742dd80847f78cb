package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** One request of Jetty 9.4 to 11, from before its handlers to its end on whatever thread. */
final class ServedRequest {

  /** On the request, which forgets it when it is reused. */
  private static final String SERVED = "dev.weft.served";

  private final InboundCall call;
  private final HttpChannel channel;
  private final @Nullable RequestConnection connection;

  /** Held while the exchange is broken off: its connection must not begin another meanwhile. */
  private final ReentrantLock ending = new ReentrantLock();

  private boolean ended;
  private volatile boolean broken;

  private ServedRequest(
      InboundCall call, HttpChannel channel, @Nullable RequestConnection connection) {
    this.call = call;
    this.channel = channel;
    this.connection = connection;
  }

  /**
   * What {@link HandleAdvice#enter} gives: a {@code Boolean} when it was answered here, which skips
   * the handlers; the {@link CallContext} to return to. Null when there is nothing to do.
   */
  static @Nullable Object @Nullable [] enter(HttpChannel channel) {
    Request request = channel.getRequest();
    if (request.getAttribute(InboundCall.DECIDED) != null) {
      return enterAgain(request);
    }
    try {
      request.setAttribute(InboundCall.DECIDED, true);
      ServedRequest served = open(channel);
      request.setAttribute(SERVED, served);
      return served.decide();
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      request.setHandled(true);
      channel.getResponse().setStatus(503);
      return new @Nullable Object[] {true, null};
    }
  }

  /** An error page, or dispatched: perhaps on another thread, which has to get its context. */
  private static @Nullable Object @Nullable [] enterAgain(Request request) {
    Object context = request.getAttribute(CallContext.KEY);
    if (!(context instanceof CallContext) || CallContext.current() == context) {
      return null;
    }
    return new @Nullable Object[] {null, ((CallContext) context).attach()};
  }

  private static ServedRequest open(HttpChannel channel) {
    Request request = channel.getRequest();
    Object attribute = request.getAttribute(InboundRequest.Connection.ATTRIBUTE);
    RequestConnection connection =
        attribute instanceof RequestConnection ? (RequestConnection) attribute : null;
    RequestView view = new RequestView(request, connection);
    InboundCall call;
    try {
      call = Mesh.inbound().open(view);
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      call = InboundMesh.PERMIT_ALL.open(view);
    }
    return new ServedRequest(call, channel, connection);
  }

  private @Nullable Object[] decide() throws IOException {
    Request request = channel.getRequest();
    LocalReply reply;
    try {
      CompletionStage<?> pending = call.pending();
      if (pending != null) {
        BlockingDriver.await(pending);
      }
      reply = call.reply();
    } catch (InterruptedIOException undecided) {
      reply = LocalReply.text(503, "no verdict", "-");
    }
    if (reply != null) {
      request.setHandled(true);
      answer(reply, channel.getResponse());
      return new @Nullable Object[] {true, null};
    }
    HeaderMutations changes = call.requestHeaders();
    if (!changes.isEmpty()) {
      RequestHeaders.change(request, changes);
    }
    call.onRevoked(this::abort);
    CallContext context = call.context();
    request.setAttribute(CallContext.KEY, context);
    return new @Nullable Object[] {null, context.attach()};
  }

  private void answer(LocalReply reply, Response response) {
    try {
      response.setStatus(reply.status());
      reply.headers().apply(name -> {}, response::setHeader, response::addHeader);
      byte[] body = reply.body();
      response.setContentLength(body.length);
      // In answer to HEAD too: Jetty counts it, and does not send it.
      response.getHttpOutput().write(body);
      response.flushBuffer();
    } catch (IOException clientIsGone) {
      // Told as the outcome; there is nobody left to answer.
      broken = true;
    }
  }

  static void broken(HttpChannel channel) {
    ServedRequest served = of(channel);
    if (served != null) {
      served.broken = true;
    }
  }

  static void completed(HttpChannel channel) {
    ServedRequest served = of(channel);
    if (served != null) {
      served.end();
    }
  }

  private static @Nullable ServedRequest of(HttpChannel channel) {
    Object served = channel.getRequest().getAttribute(SERVED);
    return served instanceof ServedRequest ? (ServedRequest) served : null;
  }

  /** Told at once: what the application does afterwards reaches nobody. */
  private void abort() {
    int status;
    ending.lock();
    try {
      if (ended || connection == null) {
        return;
      }
      ended = true;
      status = status();
      connection.abort();
    } finally {
      ending.unlock();
    }
    call.close(Outcome.FAILED, status);
  }

  private void end() {
    ending.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
    } finally {
      ending.unlock();
    }
    call.close(broken ? Outcome.FAILED : Outcome.COMPLETED, status());
  }

  private int status() {
    return channel.getResponse().isCommitted() ? channel.getResponse().getStatus() : 0;
  }
}
