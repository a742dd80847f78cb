package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerClient.Response;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every server adapter does, whatever the library. A subclass says how the server is started;
 * it makes no assertion. What a technology cannot do is a named option.
 */
public abstract class InboundContract extends InboundVerdicts {

  @Test
  final void seesTheRequestAsItWasSent() throws Exception {
    try (ServerClient client = ServerClient.connect(port)) {
      client.exchange(
          "GET", "/echo/a%20b?x=%41+y&z", "Host: orders.example:8080", "X-Tag: one", "x-tag: two");
      Arrival seen = mesh.take();
      seen.end();

      assertThat(seen.method).isEqualTo("GET");
      assertThat(seen.scheme).isEqualTo("http");
      assertThat(seen.authority).isEqualTo("orders.example:8080");
      assertThat(seen.path).isEqualTo("/echo/a%20b?x=%41+y&z");
      assertThat(seen.tag).isEqualTo("one,two");
      assertThat(seen.absent).isNull();
      assertThat(seen.peer).isEqualTo(client.localAddress());
      assertThat(seen.localPort).isEqualTo(port);
    }
  }

  @Test
  final void letsAPermittedRequestPassUntouched() throws Exception {
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("POST", "/echo", "hello", "Content-Type: text/plain");
      Response response = client.read("POST");

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers()).containsEntry("x-sample", "echo");
      assertThat(response.body()).isEqualTo("echo:hello");
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
  }

  @Test
  final void answersAReplyWithoutCallingTheApplication() throws Exception {
    HeaderMutations headers =
        HeaderMutations.builder()
            .set("content-type", "text/plain")
            .set("x-denied-by", "policy")
            .add("x-reason", "a")
            .add("x-reason", "b")
            .build();
    byte[] body = "RBAC: access denied".getBytes(StandardCharsets.UTF_8);
    mesh.decide(arrival -> new LocalReply(403, headers, body, "-"));
    try (ServerClient client = ServerClient.connect(port)) {
      Response response = client.exchange("GET", "/echo");

      assertThat(response.status()).isEqualTo(403);
      assertThat(response.body()).isEqualTo("RBAC: access denied");
      assertThat(response.headers())
          .containsEntry("x-denied-by", "policy")
          .containsEntry("x-reason", "a,b")
          .containsEntry("content-length", "19")
          .doesNotContainKey("x-sample");
      assertThat(response.headers().get("content-type")).startsWith("text/plain");
      assertThat(ServerSignals.count("called")).isZero();
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
    }
  }

  @Test
  final void answersAReplyWithoutBody() throws Exception {
    mesh.decide(arrival -> new LocalReply(429, HeaderMutations.NONE, new byte[0], "RL"));
    try (ServerClient client = ServerClient.connect(port)) {
      Response response = client.exchange("GET", "/echo");

      assertThat(response.status()).isEqualTo(429);
      assertThat(response.body()).isEmpty();
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 429));
    }
  }

  @Test
  final void sendsNoBodyInReplyToHead() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    try (ServerClient client = ServerClient.connect(port)) {
      assertThat(client.exchange("HEAD", "/no").status()).isEqualTo(403);
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
    }
    try (ServerClient client = ServerClient.connect(port)) {
      assertThat(client.exchange("HEAD", "/echo").status()).isEqualTo(200);
      Arrival seen = mesh.take();
      assertThat(seen.method).isEqualTo("HEAD");
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
  }

  @Test
  final void decidesEachRequestOfAKeptConnection() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    try (ServerClient client = ServerClient.connect(port)) {
      for (String path : List.of("/echo", "/no", "/status?404", "/echo")) {
        Response response = client.exchange("GET", path);
        Arrival seen = mesh.take();
        assertThat(seen.path).isEqualTo(path);
        assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, response.status()));
      }
    }
  }

  @Test
  final void readsNoRequestOutOfTheBodyOfADeniedOne() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("POST", "/no", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read("POST").status()).isEqualTo(403);
      mesh.take().end();
      try {
        Response next = client.exchange("GET", "/echo");
        assertThat(next.status()).isEqualTo(200);
        Arrival seen = mesh.take();
        assertThat(seen.path).isEqualTo("/echo");
        seen.end();
      } catch (IOException closedInstead) {
        // A server may rather close the connection than skip a body that nobody read.
        assertThat(ServerSignals.count("called")).isZero();
      }
    }
  }

  @Test
  final void tellsTheStatusThatTheApplicationChose() throws Exception {
    assertThat(statusOf("/status?418")).isEqualTo(418);
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 418));
  }

  @Test
  final void tellsTheStatusOfASentError() throws Exception {
    assertThat(statusOf("/error?409")).isEqualTo(409);
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 409));
  }

  @Test
  final void tellsTheEndOfARequestWhoseApplicationThrows() throws Exception {
    assertThat(statusOf("/throw")).isEqualTo(statusOfAnException());
    assertThat(mesh.take().end())
        .isEqualTo(
            statusOfAnException() == 0
                ? new End(Outcome.FAILED, 0)
                : new End(Outcome.COMPLETED, statusOfAnException()));
  }

  @Test
  final void tellsTheEndOfALateAnswerWhenItIsThere() throws Exception {
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/late?a", "");
      Arrival seen = mesh.take();
      assertThat(ServerSignals.await("called")).isTrue();
      assertThat(seen.isOpen()).isTrue();
      ServerSignals.give("go-a");

      assertThat(client.read("GET").body()).isEqualTo("late");
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 202));
    }
  }

  @Test
  final void tellsTheEndOfALateAnswerThatIsThereAtOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (ServerClient client = ServerClient.connect(port)) {
        ServerSignals.give("go-soon");
        assertThat(client.exchange("GET", "/late?soon").body()).isEqualTo("late");
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 202));
      }
    }
  }

  @Test
  final void tellsTheStatusOfALateAnswerThatTimedOut() throws Exception {
    assumeTrue(endsLateRequests(), "the server does not end requests that are never answered");
    int status = statusOf("/timeout");
    assertThat(status).isGreaterThanOrEqualTo(500);
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, status));
  }

  @Test
  final void tellsTheEndOfAStreamAtItsEnd() throws Exception {
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/stream?b", "");
      Arrival seen = mesh.take();
      ServerSignals.give("line-b");
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).isEqualTo("line\n");
      ServerSignals.give("line-b");
      assertThat(client.readChunk()).isEqualTo("line\n");
      assertThat(seen.isOpen()).isTrue();
      ServerSignals.give("end-b");

      assertThat(client.readChunk()).isEmpty();
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
  }

  @Test
  final void tellsThatTheClientHungUp() throws Exception {
    ServerClient client = ServerClient.connect(port);
    client.send("GET", "/stream?c", "");
    Arrival seen = mesh.take();
    ServerSignals.give("line-c");
    assertThat(client.readHead().status()).isEqualTo(200);
    client.abort();
    ServerSignals.giveUntil("broke-c", "line-c");

    assertThat(seen.end()).isEqualTo(new End(Outcome.FAILED, 200));
  }

  @Test
  final void decidesOnceHoweverOftenARequestIsDispatched() throws Exception {
    assumeTrue(dispatches(), "the technology has no dispatches");
    for (String path : List.of("/forward", "/include", "/redispatch", "/error?404")) {
      int status = statusOf(path);
      Arrival seen = mesh.take();
      assertThat(seen.path).isEqualTo(path);
      assertThat(seen.end()).as(path).isEqualTo(new End(Outcome.COMPLETED, status));
      mesh.assertNothingLeft();
    }
  }

  @Test
  final void keepsConcurrentRequestsApart() throws Exception {
    Map<String, Integer> sent = new ConcurrentHashMap<>();
    mesh.decide(
        arrival -> arrival.path.contains("?4") ? LocalReply.text(429, arrival.path, "-") : null);
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int status = i % 2 == 0 ? 210 + i : 440 + i;
        running.add(clients.submit(() -> ask("/status?" + status, sent)));
      }
      for (Future<?> one : running) {
        one.get(30, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }
    for (int i = 0; i < 80; i++) {
      Arrival seen = mesh.take();
      int expected = seen.path.contains("?4") ? 429 : Integer.parseInt(seen.path.substring(8));
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, expected));
      assertThat(sent).containsEntry(seen.path, expected);
    }
  }

  private @Nullable Void ask(String path, Map<String, Integer> sent) throws IOException {
    try (ServerClient client = ServerClient.connect(port)) {
      for (int i = 0; i < 10; i++) {
        sent.put(path, client.exchange("GET", path).status());
      }
    }
    return null;
  }

  @Test
  final void letsTheRequestInWhenTheEngineFails() throws Exception {
    mesh.decide(
        arrival -> {
          throw new IllegalStateException("broken engine");
        });
    assertThat(statusOf("/echo")).isEqualTo(200);
    assertThat(problems.poll(10, TimeUnit.SECONDS)).contains("broken engine");
  }

  @Test
  final void tellsThePortsThatItOpensAndCloses() throws Exception {
    assertThat(ports.take()).isEqualTo("opened " + port + " http");
    InboundServer second = newServer();
    int other = second.start();
    assertThat(other).isPositive().isNotEqualTo(port);
    assertThat(ports.take()).isEqualTo("opened " + other + " http");
    second.stop();
    assertThat(ports.take()).isEqualTo("closed " + other);
    ports.assertNothingLeft();
  }
}
