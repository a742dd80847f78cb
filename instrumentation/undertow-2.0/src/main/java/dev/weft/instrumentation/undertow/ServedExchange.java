package dev.weft.instrumentation.undertow;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.instrumentation.ServedCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.undertow.server.Connectors;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request, from its root handler to the end of its exchange, on whatever threads. */
final class ServedExchange implements ExchangeCompletionListener {

  private static final AttachmentKey<ServedExchange> KEY =
      AttachmentKey.create(ServedExchange.class);

  private final HttpServerExchange exchange;
  private final @Nullable ExchangeConnection connection;
  private final ServedCall served;

  private ServedExchange(
      HttpServerExchange exchange, @Nullable ExchangeConnection connection, ServedCall served) {
    this.exchange = exchange;
    this.connection = connection;
    this.served = served;
  }

  static @Nullable ServedExchange of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  CallContext context() {
    return served.call().context();
  }

  /**
   * What is to be called in place of {@code next}; null for {@code next} itself. The first handler
   * of an exchange is called when the request may come in; later ones are where it was dispatched.
   */
  static @Nullable HttpHandler handler(HttpHandler next, HttpServerExchange exchange) {
    ServedExchange served = of(exchange);
    if (served != null) {
      return served.context().isEmpty() ? null : again -> served.serve(next);
    }
    try {
      ServedExchange begun = open(exchange);
      exchange.putAttachment(KEY, begun);
      exchange.addExchangeCompleteListener(begun);
      return first -> begun.decide(next);
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      return undecided -> undecided.setStatusCode(503).endExchange();
    }
  }

  private static ServedExchange open(HttpServerExchange exchange) {
    ExchangeConnection connection = ExchangeConnection.attachTo(exchange);
    ServedCall served = ServedCall.open(new ExchangeView(exchange, connection));
    return new ServedExchange(exchange, connection, served);
  }

  private void decide(HttpHandler next) throws Exception {
    CompletionStage<?> pending = served.call().pending();
    if (pending == null) {
      act(next);
      return;
    }
    // The thread is one of those that serve all connections: it does not wait.
    Runnable decided = () -> Connectors.executeRootHandler(late -> act(next), exchange);
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        (Runnable)
            () ->
                pending.whenComplete(
                    (result, failure) -> exchange.getConnection().getIoThread().execute(decided)));
  }

  private void act(HttpHandler next) throws Exception {
    InboundCall call = served.call();
    LocalReply reply;
    try {
      reply = call.reply();
      if (reply == null) {
        ExchangeConnection.changeHeaders(exchange, call.requestHeaders());
        call.onRevoked(() -> served.abort(connection, this::status));
      }
    } catch (Throwable t) {
      // Decided and not done must not become let in.
      Mesh.problem("inbound verdict", t);
      reply = LocalReply.text(503, "no verdict", "-");
    }
    if (reply == null) {
      serve(next);
    } else {
      answer(reply);
    }
  }

  private void serve(HttpHandler next) throws Exception {
    CallContext before = context().attach();
    try {
      next.handleRequest(exchange);
    } finally {
      CallContext.restore(before);
    }
  }

  private void answer(LocalReply reply) {
    exchange.setStatusCode(reply.status());
    reply
        .headers()
        .apply(
            name -> {},
            (name, value) -> exchange.getResponseHeaders().put(new HttpString(name), value),
            (name, value) -> exchange.getResponseHeaders().add(new HttpString(name), value));
    byte[] body = reply.body();
    exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, body.length);
    if (body.length == 0 || exchange.getRequestMethod().equals(Methods.HEAD)) {
      exchange.endExchange();
    } else {
      exchange.getResponseSender().send(ByteBuffer.wrap(body));
    }
  }

  @Override
  public void exchangeEvent(HttpServerExchange over, NextListener next) {
    try {
      // A response that was cut short counts as complete too, but has no connection any more.
      boolean whole = exchange.isResponseComplete() && exchange.getConnection().isOpen();
      served.end(whole ? Outcome.COMPLETED : Outcome.FAILED, status());
    } catch (Throwable t) {
      Mesh.problem("inbound close", t);
    } finally {
      next.proceed();
    }
  }

  private int status() {
    return exchange.isResponseStarted() ? exchange.getStatusCode() : 0;
  }
}
