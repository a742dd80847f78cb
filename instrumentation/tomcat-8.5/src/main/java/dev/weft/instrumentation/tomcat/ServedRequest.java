package dev.weft.instrumentation.tomcat;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
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

  private final InboundCall call;
  private final org.apache.coyote.Request raw;
  private final @Nullable RequestConnection connection;

  /** Held while the exchange is broken off: Tomcat must not reuse it meanwhile. */
  private final ReentrantLock ending = new ReentrantLock();

  private boolean ended;
  private volatile boolean broken;

  private ServedRequest(
      InboundCall call, org.apache.coyote.Request raw, @Nullable RequestConnection connection) {
    this.call = call;
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
    RequestView view = new RequestView(request, connection);
    InboundCall call;
    try {
      call = Mesh.inbound().open(view);
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      call = InboundMesh.PERMIT_ALL.open(view);
    }
    return new ServedRequest(call, raw, connection);
  }

  private boolean decide(Request request, Response response) {
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
      answer(reply, request, response);
      return false;
    }
    RequestConnection.changeHeaders(raw, call.requestHeaders());
    call.onRevoked(this::abort);
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
    boolean whole = !broken && !raw.getResponse().isExceptionPresent();
    call.close(whole ? Outcome.COMPLETED : Outcome.FAILED, status());
  }

  private int status() {
    return raw.getResponse().isCommitted() ? raw.getResponse().getStatus() : 0;
  }
}
