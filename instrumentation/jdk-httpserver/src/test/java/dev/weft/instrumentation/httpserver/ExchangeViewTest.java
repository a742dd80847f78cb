package dev.weft.instrumentation.httpserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the engine is shown of an exchange. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ExchangeViewTest {

  @Test
  void listsHeadersInLowerCase() throws Exception {
    CompletableFuture<Collection<String>> names = new CompletableFuture<>();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          names.complete(new ExchangeView(exchange).headerNames());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try (Socket socket = new Socket(loopback, server.getAddress().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: a\r\nX-TENANT: 1\r\nx-tenant: 2\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      assertThat(new String(answer.readAllBytes(), StandardCharsets.US_ASCII)).contains(" 204 ");
      assertThat(names.get()).containsExactlyInAnyOrder("host", "x-tenant", "connection");
    } finally {
      server.stop(0);
    }
  }
}
