package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.context.CallContext;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerClient.Response;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerMesh.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What a server adapter does with a verdict that is more than yes or no: one that is pending, one
 * that changes headers, one that is taken back.
 */
public abstract class InboundVerdicts extends InboundFixture {

  @Test
  final void waitsForAPendingPermit() throws Exception {
    assumeTrue(waitsForVerdicts(), "the adapter does not wait yet");
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(arrival -> new Verdict(pending, null, HeaderMutations.NONE));
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("POST", "/echo", "hello");
      Arrival seen = mesh.take();
      assertThat(ServerSignals.count("called")).isZero();
      pending.complete("decided");

      assertThat(client.read("POST").body()).isEqualTo("echo:hello");
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
  }

  @Test
  final void waitsForAPendingRefusal() throws Exception {
    assumeTrue(waitsForVerdicts(), "the adapter does not wait yet");
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(
        arrival ->
            arrival.path.equals("/no")
                ? new Verdict(pending, LocalReply.text(401, "who?", "-"), HeaderMutations.NONE)
                : Verdict.PERMIT);
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/no", "");
      Arrival seen = mesh.take();
      // Others are served while one waits.
      assertThat(statusOf("/echo")).isEqualTo(200);
      mesh.take().end();
      pending.complete("decided");

      Response response = client.read("GET");
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.body()).isEqualTo("who?");
      assertThat(ServerSignals.count("called")).isEqualTo(1);
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 401));
    }
  }

  @Test
  final void takesAVerdictThatIsThereBeforeItIsWaitedFor() throws Exception {
    assumeTrue(waitsForVerdicts(), "the adapter does not wait yet");
    mesh.judge(
        arrival ->
            new Verdict(
                CompletableFuture.completedFuture("decided"),
                arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null,
                HeaderMutations.NONE));
    try (ServerClient client = ServerClient.connect(port)) {
      for (String path : List.of("/no", "/echo", "/status?418")) {
        Response response = client.exchange("GET", path);
        assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, response.status()));
      }
    }
    assertThat(ServerSignals.count("called")).isEqualTo(2);
  }

  @Test
  final void showsTheApplicationChangedHeadersAndNotTheRemovedOnes() throws Exception {
    assumeTrue(changesHeaders(), "the adapter does not change headers yet");
    mesh.judge(arrival -> new Verdict(null, null, changes()));
    try (ServerClient client = ServerClient.connect(port)) {
      for (int i = 0; i < 2; i++) {
        assertThat(seenIn(client, "x-forwarded-client-cert")).isEqualTo("URI=real");
        assertThat(seenIn(client, "X-Forwarded-Client-Cert")).isEqualTo("URI=real");
        assertThat(seenIn(client, "authorization")).isEqualTo("none");
        assertThat(seenIn(client, "x-new")).isEqualTo("new");
        assertThat(seenIn(client, "x-more")).isEqualTo("one,two,three");
        assertThat(seenIn(client, "x-other")).isEqualTo("untouched");
      }
    }
  }

  @Test
  final void changesHeadersAsAPendingVerdictSays() throws Exception {
    assumeTrue(changesHeaders() && waitsForVerdicts(), "the adapter does not change headers yet");
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(arrival -> new Verdict(pending, null, changes()));
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/headers?x-forwarded-client-cert", "", "X-Forwarded-Client-Cert: forged");
      Arrival seen = mesh.take();
      pending.complete("decided");
      assertThat(client.read("GET").body()).isEqualTo("URI=real");
      seen.end();
    }
  }

  private static HeaderMutations changes() {
    return HeaderMutations.builder()
        .remove("x-forwarded-client-cert")
        .remove("authorization")
        .set("x-forwarded-client-cert", "URI=real")
        .set("x-new", "new")
        .add("x-more", "three")
        .build();
  }

  private String seenIn(ServerClient client, String header) throws Exception {
    Response response =
        client.exchange(
            "GET",
            "/headers?" + header,
            "X-Forwarded-Client-Cert: forged",
            "x-forwarded-client-CERT: again",
            "Authorization: Bearer secret",
            "X-More: one",
            "X-More: two",
            "X-Other: untouched");
    assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    return response.body();
  }

  @Test
  final void attachesTheContextOfTheRequest() throws Exception {
    mesh.carry(arrival -> contextOf(arrival.path));
    for (int i = 0; i < 5; i++) {
      try (ServerClient client = ServerClient.connect(port)) {
        for (String path : List.of("/echo?a" + i, "/status?418", "/echo?b" + i)) {
          client.send("POST", path, "hello");
          client.read("POST");
          mesh.take().end();
          assertThat(ServerSignals.contextOfACall()).isEqualTo(contextOf(path));
        }
      }
    }
  }

  @Test
  final void attachesTheContextToWhateverTheRequestIsDispatchedTo() throws Exception {
    assumeTrue(dispatches(), "the technology has no dispatches");
    mesh.carry(arrival -> contextOf(arrival.path));
    for (String path : List.of("/forward", "/redispatch", "/started")) {
      assertThat(statusOf(path)).isEqualTo(200);
      mesh.take().end();
      assertThat(ServerSignals.contextOfACall()).as(path).isEqualTo(contextOf(path));
      assertThat(ServerSignals.contextOfACall()).as(path).isEqualTo(contextOf(path));
    }
  }

  @Test
  final void attachesTheContextThatComesWithAPendingVerdict() throws Exception {
    assumeTrue(waitsForVerdicts(), "the adapter does not wait yet");
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(arrival -> new Verdict(pending, null, HeaderMutations.NONE));
    mesh.carry(arrival -> contextOf(arrival.path));
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("POST", "/echo?p", "hello");
      Arrival seen = mesh.take();
      pending.complete("decided");
      client.read("POST");
      seen.end();
    }
    assertThat(ServerSignals.contextOfACall()).isEqualTo(contextOf("/echo?p"));
  }

  @Test
  final void detachesTheContextAfterwards() throws Exception {
    mesh.carry(arrival -> contextOf(arrival.path));
    for (int i = 0; i < 10; i++) {
      for (String path : List.of("/echo", "/throw", "/error?404")) {
        statusOf(path);
        Arrival seen = mesh.take();
        seen.end();
        assertThat(seen.before).as("on the thread of %s", path).isEqualTo(CallContext.NONE);
      }
      ServerSignals.give("go-detached");
      statusOf("/late?detached");
      Arrival late = mesh.take();
      late.end();
      assertThat(late.before).isEqualTo(CallContext.NONE);
    }
  }

  private static CallContext contextOf(String path) {
    return CallContext.of(List.of("x-of", path));
  }

  @Test
  final void breaksOffAStreamThatIsRevoked() throws Exception {
    assumeTrue(abortsWhatIsRevoked(), "the adapter does not abort yet");
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/stream?d", "");
      Arrival seen = mesh.take();
      ServerSignals.give("line-d");
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).isEqualTo("line\n");
      seen.revoke();

      assertThatThrownBy(
              () -> {
                while (!client.readChunk().isEmpty()) {
                  // What was under way.
                }
              })
          .as("a response that broke off, and did not end")
          .isInstanceOf(IOException.class);
      ServerSignals.giveUntil("broke-d", "line-d");
      assertThat(seen.end().outcome()).isNotEqualTo(Outcome.COMPLETED);
    }
    assertThat(statusOf("/echo")).isEqualTo(200);
    mesh.take().end();
  }

  @Test
  final void breaksOffAnExchangeThatIsRevokedBeforeItIsAnswered() throws Exception {
    assumeTrue(abortsWhatIsRevoked(), "the adapter does not abort yet");
    try (ServerClient client = ServerClient.connect(port)) {
      client.send("GET", "/late?e", "");
      Arrival seen = mesh.take();
      assertThat(ServerSignals.await("called")).isTrue();
      seen.revoke();

      assertThat(client.isClosedByServer()).isTrue();
      ServerSignals.give("go-e");
      assertThat(seen.end().outcome()).isNotEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  final void tellsThePathByWhichTheApplicationIsChosen() throws Exception {
    assertThat(statusOf("/echo/a%20b;c=d/./e?f")).isEqualTo(200);
    Arrival seen = mesh.take();
    seen.end();
    assertThat(seen.path).isEqualTo("/echo/a%20b;c=d/./e?f");
    assertThat(seen.dispatchPath).isEqualTo(dispatchPath());
  }
}
