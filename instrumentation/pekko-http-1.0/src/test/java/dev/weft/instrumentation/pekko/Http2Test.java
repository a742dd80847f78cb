package dev.weft.instrumentation.pekko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.context.CallContext;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.ServerMesh.Arrival;
import dev.weft.testkit.ServerMesh.End;
import dev.weft.testkit.ServerMesh.Verdict;
import dev.weft.testkit.ServerSignals;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of one connection, each decided for itself. */
final class Http2Test extends ServerFixture {

  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
          .readTimeout(20, TimeUnit.SECONDS)
          .build();

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void startServer() throws Exception {
    start(
        new EmbeddedPekko(
            "pekko.http.server.preview.enable-http2 = on, pekko.http.server.enable-http2 = on",
            (builder, application, materializer) -> builder.bind(application)));
  }

  @AfterEach
  void stopClient() {
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
    threads.shutdownNow();
  }

  private Request.Builder to(String path) {
    return new Request.Builder().url("http://127.0.0.1:" + port + path);
  }

  private String get(String path) throws IOException {
    try (Response response = client.newCall(to(path).build()).execute()) {
      return response.code() + " " + response.body().string();
    }
  }

  @Test
  void decidesEachStreamAndTellsItsEnd() throws Exception {
    mesh.decide(arrival -> arrival.path.equals("/no") ? LocalReply.text(403, "no", "-") : null);
    mesh.carry(arrival -> CallContext.of(List.of("x-of", arrival.path)));
    RequestBody hello = RequestBody.create(MediaType.get("text/plain"), "hello");
    for (int i = 0; i < 3; i++) {
      try (Response response =
          client.newCall(to("/echo?a%20b").addHeader("x-tag", "t").post(hello).build()).execute()) {
        assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
        assertThat(response.body().string()).isEqualTo("echo:hello");
      }
      Arrival seen = mesh.take();
      assertThat(seen.method).isEqualTo("POST");
      assertThat(seen.scheme).isEqualTo("http");
      assertThat(seen.authority).isEqualTo("127.0.0.1:" + port);
      assertThat(seen.path).isEqualTo("/echo?a%20b");
      assertThat(seen.tag).isEqualTo("t");
      assertThat(seen.localPort).isEqualTo(port);
      assertThat(seen.peer).isNotNull();
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
      assertThat(ServerSignals.contextOfACall())
          .isEqualTo(CallContext.of(List.of("x-of", "/echo?a%20b")));

      assertThat(get("/no")).isEqualTo("403 no");
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
      try (Response response = client.newCall(to("/no").post(hello).build()).execute()) {
        assertThat(response.code()).isEqualTo(403);
      }
      assertThat(mesh.take().end()).isEqualTo(new End(Outcome.COMPLETED, 403));
    }
  }

  @Test
  void servesOthersWhileOneWaits() throws Exception {
    CompletableFuture<Object> pending = new CompletableFuture<>();
    mesh.judge(
        arrival ->
            arrival.path.equals("/echo?waits")
                ? new Verdict(pending, null, HeaderMutations.NONE)
                : Verdict.PERMIT);
    assertThat(get("/echo")).isEqualTo("200 echo:");
    mesh.take().end();
    Future<String> waits = threads.submit(() -> get("/echo?waits"));
    Arrival waiting = mesh.take();
    assertThat(get("/status?418")).startsWith("418 ");
    mesh.take().end();
    pending.complete("decided");
    assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo("200 echo:");
    assertThat(waiting.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
  }

  @Test
  void tellsAndBreaksOffStreams() throws Exception {
    try (Response response = client.newCall(to("/stream?a").build()).execute()) {
      Arrival seen = mesh.take();
      ServerSignals.give("line-a");
      assertThat(response.body().source().readUtf8Line()).isEqualTo("line");
      assertThat(seen.isOpen()).isTrue();
      ServerSignals.give("end-a");
      assertThat(response.body().string()).isEmpty();
      assertThat(seen.end()).isEqualTo(new End(Outcome.COMPLETED, 200));
    }
    try (Response response = client.newCall(to("/stream?b").build()).execute()) {
      Arrival seen = mesh.take();
      ServerSignals.give("line-b");
      assertThat(response.body().source().readUtf8Line()).isEqualTo("line");
      seen.revoke();
      assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      assertThat(seen.end()).isEqualTo(new End(Outcome.FAILED, 200));
      assertThat(ServerSignals.await("broke-b")).isTrue();
    }
    assertThat(get("/echo")).isEqualTo("200 echo:");
    mesh.take().end();
  }
}
