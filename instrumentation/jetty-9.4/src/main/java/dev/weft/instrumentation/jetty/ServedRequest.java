package dev.weft.instrumentation.jetty;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.instrumentation.ServedCall;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** One request of Jetty 9.4 to 11, from before its handlers to its end on whatever thread. */
final class ServedRequest {

  /** On the request, which forgets it when it is reused. */
  private static final String SERVED = "dev.weft.served";

  private final ServedCall served;
  private final HttpChannel channel;
  private final @Nullable RequestConnection connection;
  private volatile boolean broken;

  private ServedRequest(
      ServedCall served, HttpChannel channel, @Nullable RequestConnection connection) {
    this.served = served;
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
    ServedCall served = ServedCall.open(new RequestView(request, connection));
    return new ServedRequest(served, channel, connection);
  }

  private @Nullable Object[] decide() {
    Request request = channel.getRequest();
    LocalReply reply = served.verdict();
    if (reply != null) {
      request.setHandled(true);
      answer(reply, channel.getResponse());
      return new @Nullable Object[] {true, null};
    }
    InboundCall call = served.call();
    HeaderMutations changes = call.requestHeaders();
    if (!changes.isEmpty()) {
      RequestHeaders.change(request, changes);
    }
    call.onRevoked(() -> served.abort(connection, this::status));
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

  private void end() {
    served.end(broken ? Outcome.FAILED : Outcome.COMPLETED, status());
  }

  private int status() {
    return channel.getResponse().isCommitted() ? channel.getResponse().getStatus() : 0;
  }
}
