package sample.undertow;

import dev.weft.testkit.ServerSignals;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Answers what {@link dev.weft.testkit.InboundServer} lists, as far as a handler can. */
public final class SampleHandler implements HttpHandler {

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    ServerSignals.give("called");
    String query = exchange.getQueryString();
    switch (exchange.getRelativePath()) {
      case "/headers" -> exchange.getResponseSender().send(header(exchange, query));
      case "/status", "/error" -> exchange.setStatusCode(Integer.parseInt(query));
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> exchange.dispatch(() -> late(exchange, query));
      case "/redispatch" ->
          exchange.dispatch(
              again -> {
                ServerSignals.give("called");
                again.endExchange();
              });
      case "/started" ->
          exchange.dispatch(
              () -> {
                ServerSignals.give("called");
                exchange.endExchange();
              });
      case "/forward" -> new SampleHandler().handleRequest(exchange.setRelativePath("/echo"));
      case "/include" -> exchange.getRequestReceiver().receiveFullBytes(SampleHandler::echo);
      case "/stream" -> exchange.dispatch(blocking -> stream(blocking, query));
      default -> exchange.dispatch(SampleHandler::echo);
    }
  }

  private static String header(HttpServerExchange exchange, String name) {
    var values = exchange.getRequestHeaders().get(name);
    boolean listed = exchange.getRequestHeaders().getHeaderNames().contains(new HttpString(name));
    String first = exchange.getRequestHeaders().getFirst(name);
    if (values == null || values.isEmpty()) {
      return listed || first != null ? "differs" : "none";
    }
    return listed && values.getFirst().equals(first) ? String.join(",", values) : "differs";
  }

  private static void echo(HttpServerExchange exchange) throws IOException {
    exchange.startBlocking();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    exchange.getInputStream().transferTo(body);
    echo(exchange, body.toByteArray());
  }

  private static void echo(HttpServerExchange exchange, byte[] body) {
    exchange.getResponseHeaders().put(new HttpString("X-Sample"), "echo");
    exchange.getResponseSender().send("echo:" + new String(body, StandardCharsets.UTF_8));
  }

  private static void late(HttpServerExchange exchange, String name) {
    ServerSignals.await("go-" + name);
    exchange.setStatusCode(202);
    exchange.getResponseSender().send("late");
  }

  private static void stream(HttpServerExchange exchange, String name) throws IOException {
    exchange.startBlocking();
    OutputStream body = exchange.getOutputStream();
    try {
      while (!ServerSignals.poll("end-" + name)) {
        if (ServerSignals.poll("line-" + name)) {
          body.write("line\n".getBytes(StandardCharsets.UTF_8));
          body.flush();
        }
        Thread.onSpinWait();
      }
    } catch (IOException | RuntimeException e) {
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
