package dev.weft.instrumentation.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.io.IOException;
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
    LocalReply reply = call == null ? null : call.reply();
    if (call == null) {
      chain.doFilter(exchange);
    } else if (reply != null) {
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

  private static void serve(HttpExchange exchange, Chain chain, InboundCall call)
      throws IOException {
    ServedBody body = ServedBody.of(exchange, call);
    boolean returned = false;
    try {
      chain.doFilter(exchange);
      returned = true;
    } finally {
      if (!returned) {
        body.end(Outcome.FAILED);
      }
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
