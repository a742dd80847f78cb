package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.instrumentation.ServedCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.catalina.Container;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.jspecify.annotations.Nullable;

/** One request, from before the first valve to its end on whatever thread. */
final class ServedRequest {

  /** On the raw request, which forgets it when it is reused. */
  private static final String SERVED = "dev.weft.served";

  /** Its result is of javax or of jakarta. */
  private static final Method OUTPUT = output();

  private final ServedCall served;
  private final org.apache.coyote.Request raw;
  private final @Nullable RequestConnection connection;
  private volatile boolean broken;

  private ServedRequest(
      ServedCall served, org.apache.coyote.Request raw, @Nullable RequestConnection connection) {
    this.served = served;
    this.raw = raw;
    this.connection = connection;
  }

  /** False where it was answered here. */
  static boolean letsIn(org.apache.coyote.Request raw, Request request, Response response) {
    if (of(raw) != null) {
      // Rewritten by a valve, decided as it came.
      return true;
    }
    try {
      ServedRequest served = open(raw, request);
      raw.setAttribute(SERVED, served);
      return served.decide(request, response);
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      response.setStatus(503);
      return false;
    }
  }

  private static ServedRequest open(org.apache.coyote.Request raw, Request request) {
    RequestConnection connection = RequestConnection.of(raw);
    ServedCall served = ServedCall.open(new RequestView(request, connection));
    return new ServedRequest(served, raw, connection);
  }

  private boolean decide(Request request, Response response) {
    LocalReply reply = served.verdict();
    if (reply != null) {
      answer(reply, request, response);
      return false;
    }
    InboundCall call = served.call();
    RequestConnection.changeHeaders(raw, call.requestHeaders());
    call.onRevoked(() -> served.abort(connection, this::status));
    CallContext context = call.context();
    raw.setAttribute(InboundCall.DECIDED, true);
    raw.setAttribute(CallContext.KEY, context);
    // Until the end of the adapter's method, which restores what was before.
    CallContext unused = context.attach();
    return true;
  }

  private void answer(LocalReply reply, Request request, Response response) {
    try {
      response.setStatus(reply.status());
      reply.headers().apply(name -> {}, response::setHeader, response::addHeader);
      byte[] body = reply.body();
      response.setContentLength(body.length);
      if (!"HEAD".equals(request.getMethod())) {
        ((OutputStream) OUTPUT.invoke(response)).write(body);
      }
      response.finishResponse();
    } catch (IOException | InvocationTargetException clientIsGone) {
      // Told as the outcome; there is nobody left to answer.
      broken = true;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(OUTPUT.toString(), e);
    }
    log(request, response);
  }

  private static Method output() {
    try {
      return Response.class.getMethod("getOutputStream");
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the access log, where Tomcat takes it for a request that it logged itself. */
  private static void log(Request request, Response response) {
    Container container = request.getContext();
    if (container == null) {
      container = request.getHost();
    }
    if (container == null) {
      container = request.getConnector().getService().getContainer();
    }
    container.logAccess(request, response, 0, false);
  }

  static CallContext contextOf(org.apache.coyote.Request raw) {
    Object context = raw.getAttribute(CallContext.KEY);
    return context instanceof CallContext ? (CallContext) context : CallContext.NONE;
  }

  static void broken(org.apache.coyote.Request raw) {
    ServedRequest served = of(raw);
    if (served != null) {
      served.broken = true;
    }
  }

  static void over(org.apache.coyote.@Nullable Request raw) {
    ServedRequest served = raw == null ? null : of(raw);
    if (served != null) {
      served.end();
    }
  }

  private static @Nullable ServedRequest of(org.apache.coyote.Request raw) {
    Object served = raw.getAttribute(SERVED);
    return served instanceof ServedRequest ? (ServedRequest) served : null;
  }

  private void end() {
    boolean whole = !broken && !raw.getResponse().isExceptionPresent();
    served.end(whole ? Outcome.COMPLETED : Outcome.FAILED, status());
  }

  private int status() {
    return raw.getResponse().isCommitted() ? raw.getResponse().getStatus() : 0;
  }
}
