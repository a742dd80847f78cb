package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks the engine about every request of one context, before the application's own filters. */
final class MeshFilter extends Filter {

  @Override
  public String description() {
    return "weft";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    InboundCall call = open(exchange);
    if (call == null) {
      chain.doFilter(exchange);
      return;
    }
    await(call);
    LocalReply reply = call.reply();
    if (reply != null) {
      answer(exchange, reply, call);
    } else {
      serve(exchange, chain, call);
    }
  }

  private static @Nullable InboundCall open(HttpExchange exchange) {
    try {
      return Mesh.inbound().open(new ExchangeView(exchange));
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      return null;
    }
  }

  private static void await(InboundCall call) throws IOException {
    CompletionStage<?> pending = call.pending();
    if (pending == null) {
      return;
    }
    try {
      BlockingDriver.await(pending);
    } catch (IOException interrupted) {
      call.close(Outcome.CANCELLED, 0);
      throw interrupted;
    }
  }

  private static void serve(HttpExchange exchange, Chain chain, InboundCall call)
      throws IOException {
    ServedBody body = ServedBody.of(exchange, call);
    HeaderMutations changes = call.requestHeaders();
    if (!changes.isEmpty()) {
      Headers headers = new Headers();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, copy(values)));
      changes.apply(headers::remove, headers::set, headers::add);
      body.headers(headers);
    }
    call.onRevoked(() -> abort(exchange));
    boolean returned = false;
    CallContext before = call.context().attach();
    try {
      chain.doFilter(exchange);
      returned = true;
    } finally {
      CallContext.restore(before);
      if (!returned) {
        body.end(Outcome.FAILED);
      }
    }
  }

  private static List<String> copy(List<String> values) {
    return new ArrayList<>(values);
  }

  /** Only the connection can be cut: closing the exchange would send a proper end. */
  private static void abort(HttpExchange exchange) {
    try {
      if (!SniffedConnection.cut(
          exchange.getRemoteAddress(), exchange.getLocalAddress().getPort())) {
        exchange.close();
      }
    } catch (RuntimeException e) {
      Mesh.problem("inbound abort", e);
    }
  }

  private static void answer(HttpExchange exchange, LocalReply reply, InboundCall call)
      throws IOException {
    Outcome outcome = Outcome.FAILED;
    try {
      Headers headers = exchange.getResponseHeaders();
      reply.headers().apply(headers::remove, headers::set, headers::add);
      byte[] body = reply.body();
      boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(reply.status(), empty ? -1 : body.length);
      if (!empty) {
        exchange.getResponseBody().write(body);
      }
      exchange.close();
      outcome = Outcome.COMPLETED;
    } finally {
      call.close(outcome, Math.max(exchange.getResponseCode(), 0));
    }
  }
}
