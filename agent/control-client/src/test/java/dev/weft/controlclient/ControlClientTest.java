package dev.weft.controlclient;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.weft.model.InboundPolicy;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a scripted server over loopback, gRPC and files included. */
@Timeout(60)
class ControlClientTest {

  @TempDir Path state;
  private final RecordingSink sink = new RecordingSink();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void firstCallToAHostBringsItsPolicy() throws Exception {
    ScriptedServer server = server(0);
    ControlClient client = started(server.address());
    CompletionStage<?> applied = client.request("reviews:80");
    ScriptedServer.Stream stream = server.next();
    Weft.Hello hello = stream.take().getHello();
    assertThat(hello.getRegistration().getInstanceId()).isEqualTo("checkout-7");
    if (hello.getSubscribeCount() == 0) {
      assertThat(stream.take().getSubscription().getSubscribeList()).containsExactly("reviews:80");
    }

    stream.send(
        Messages.message(
            "n1",
            Messages.table("reviews:80", "reviews"),
            Messages.upstream("u"),
            Messages.endpoints("u", "10.0.0.1")));

    requireNonNull(applied).toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(sink.tables).containsOnlyKeys("reviews:80");
    assertThat(sink.updates).hasSize(1);
    Weft.Answer answer = stream.take(Weft.AgentMessage::hasAnswer).getAnswer();
    assertThat(answer.getNonce()).isEqualTo("n1");
    assertThat(answer.getRejectionsList()).isEmpty();
    assertThat(client.connected()).isTrue();
    assertThat(client.policyAgeSeconds()).isZero();
  }

  @Test
  void badResourceAfterAGoodOneKeepsTheLastGoodAndIsRefused() throws Exception {
    ScriptedServer server = server(0);
    started(server.address());
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1", Messages.table("reviews:80", "good")));
    stream.take(Weft.AgentMessage::hasAnswer);

    sink.refusedTables.add("bad");
    Weft.Resource broken =
        Messages.endpoints("u", "10.0.0.1").toBuilder()
            .setBody(ByteString.copyFromUtf8("\u00ff\u00ff"))
            .build();
    stream.send(
        Messages.message(
            "n2",
            Messages.table("reviews:80", "bad"),
            broken,
            Messages.table("ratings:80", "good")));
    Weft.Answer answer = stream.take(Weft.AgentMessage::hasAnswer).getAnswer();

    assertThat(answer.getNonce()).isEqualTo("n2");
    assertThat(answer.getRejectionsList())
        .extracting(Weft.Rejection::getKind)
        .containsExactlyInAnyOrder("RouteTable", "Endpoints");
    assertThat(answer.getRejectionsList())
        .extracting(Weft.Rejection::getReason)
        .contains("unknown subset v3 of payments");
    assertThat(sink.table("reviews:80").service()).isEqualTo("good");
    assertThat(sink.tables).containsKey("ratings:80");

    // After a reconnect the refused version is not claimed to be known.
    server.close();
    ScriptedServer again = server(server.port());
    Weft.Hello hello = again.next().take().getHello();
    assertThat(hello.getKnownList())
        .extracting(Weft.Known::getName, Weft.Known::getVersion)
        .containsExactlyInAnyOrder(
            tuple("reviews:80", Messages.table("reviews:80", "good").getVersion()),
            tuple("ratings:80", Messages.table("ratings:80", "good").getVersion()));
  }

  @Test
  void killedAndRestartedServerGetsTheSubscriptionsAgain() throws Exception {
    ScriptedServer server = server(0);
    ControlClient client = started(server.address());
    ScriptedServer.Stream stream = server.next();
    client.request("reviews:80");
    stream.send(Messages.message("n1", Messages.table("reviews:80", "reviews")));
    stream.take(Weft.AgentMessage::hasAnswer);

    server.close();
    assertThat(poll(log)).contains("cannot be reached").contains("the application runs");
    assertThat(client.connected()).isFalse();
    assertThat(sink.tables).containsKey("reviews:80");

    ScriptedServer again = server(server.port());
    ScriptedServer.Stream second = again.next();
    Weft.Hello hello = second.take().getHello();
    assertThat(hello.getSubscribeList()).containsExactly("reviews:80");
    assertThat(hello.getKnownList()).extracting(Weft.Known::getName).containsExactly("reviews:80");
    second.send(Messages.message("n2"));
    assertThat(poll(log)).endsWith("is reached again");
    assertThat(client.connected()).isTrue();
  }

  @Test
  void policySurvivesOnDiskAndIsThereBeforeAnythingConnects() throws Exception {
    ScriptedServer server = server(0);
    ControlClient first = started(server.address());
    first.request("reviews:80");
    ScriptedServer.Stream stream = server.next();
    stream.send(
        Messages.message(
            "n1",
            Messages.table("reviews:80", "reviews"),
            Messages.endpoints("u", "10.0.0.1"),
            Messages.inbound(Messages.STRICT_AND_DENY),
            WireCodec.encode(Messages.TRUST)));
    stream.take(Weft.AgentMessage::hasAnswer);
    first.close();
    server.close();

    RecordingSink restored = new RecordingSink();
    ControlClient second = builder(server.address()).sink(restored).build();
    assertThat(second.restore()).isTrue();

    assertThat(restored.tables).containsOnlyKeys("reviews:80");
    assertThat(restored.endpoints).containsOnlyKeys("u");
    assertThat(restored.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);
    assertThat(restored.trustBundle).isEqualTo(Messages.TRUST);
    assertThat(second.policyAgeSeconds()).isBetween(0.0, 60.0);
    CompletionStage<?> known = second.request("reviews:80");
    assertThat(requireNonNull(known).toCompletableFuture()).isDone();

    ScriptedServer again = server(server.port());
    open.add(second);
    second.start();
    Weft.Hello hello = again.next().take().getHello();
    assertThat(hello.getSubscribeList()).containsExactly("reviews:80");
    assertThat(hello.getKnownList()).hasSize(4);
  }

  @Test
  void inboundPolicyThatIsRefusedInPartIsKeptAndAskedForAgain() throws Exception {
    ScriptedServer server = server(0);
    ControlClient first = started(server.address());
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1", Messages.inbound(InboundPolicy.builder().build())));
    stream.take(Weft.AgentMessage::hasAnswer);
    sink.refusesAPartOfTheInboundPolicy = true;
    stream.send(Messages.message("n2", Messages.inbound(Messages.STRICT_AND_DENY)));
    assertThat(stream.take(Weft.AgentMessage::hasAnswer).getAnswer().getRejectionsList())
        .extracting(Weft.Rejection::getSource)
        .containsExactly("AuthorizationPolicy/shop/deny");
    first.close();
    server.close();

    RecordingSink restored = new RecordingSink();
    restored.refusesAPartOfTheInboundPolicy = true;
    ControlClient second = builder(server.address()).sink(restored).build();
    assertThat(second.restore()).isTrue();
    assertThat(restored.inboundPolicy).isEqualTo(Messages.STRICT_AND_DENY);

    ScriptedServer again = server(server.port());
    open.add(second);
    second.start();
    assertThat(again.next().take().getHello().getKnownList()).isEmpty();
  }

  @Test
  void policyOnDiskIsForItsOwnerOnlyAndForOneIdentity() throws Exception {
    ScriptedServer server = server(0);
    ControlClient client = started(server.address());
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1", Messages.table("reviews:80", "reviews")));
    stream.take(Weft.AgentMessage::hasAnswer);
    client.close();

    Path file = state.resolve("shop/default/checkout/policy.lkg");
    assertThat(file).exists();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var siblings = Files.list(file.getParent())) {
      assertThat(siblings).containsExactly(file);
    }
    ControlClient other =
        builder(server.address())
            .registration(Messages.CHECKOUT.toBuilder().serviceAccount("other").build())
            .build();
    assertThat(other.restore()).isFalse();
    assertThat(log).isEmpty();
  }

  @Test
  void damagedFileIsToldInOneLineAndIgnored() throws Exception {
    ScriptedServer server = server(0);
    ControlClient client = started(server.address());
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1", Messages.table("reviews:80", "reviews")));
    stream.take(Weft.AgentMessage::hasAnswer);
    client.close();
    Path file = state.resolve("shop/default/checkout/policy.lkg");
    byte[] bytes = Files.readAllBytes(file);

    for (int cut = 0; cut < bytes.length; cut += 7) {
      byte[] damaged = bytes.clone();
      damaged[cut] ^= 0x10;
      Files.write(file, damaged);
      assertIgnored(file);
      Files.write(file, Arrays.copyOf(bytes, cut));
      assertIgnored(file);
    }
    Files.write(file, bytes);
    assertThat(builder(server.address()).build().restore()).isTrue();
  }

  private void assertIgnored(Path file) {
    RecordingSink untouched = new RecordingSink();
    assertThat(builder("127.0.0.1:1").sink(untouched).build().restore()).isFalse();
    assertThat(untouched.updates).isEmpty();
    assertThat(log.poll()).contains(file.toString()).contains("is ignored");
    assertThat(log.poll()).isNull();
  }

  @Test
  void stateDirectoryThatCannotBeMadeCostsOneLine() throws Exception {
    Path blocked = Files.createFile(state.resolve("a-file"));
    ScriptedServer server = server(0);
    ControlClient client = builder(server.address()).stateDirectory(blocked).build();
    open.add(client);
    assertThat(client.restore()).isFalse();
    client.start();
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1", Messages.table("reviews:80", "reviews")));
    stream.take(Weft.AgentMessage::hasAnswer);

    client.close();

    assertThat(sink.tables).containsKey("reviews:80");
    assertThat(log).hasSizeBetween(1, 2);
    assertThat(String.join("\n", log)).contains("cannot be kept in");
  }

  @Test
  void closeSaysGoodbye() throws Exception {
    ScriptedServer server = server(0);
    ControlClient client = started(server.address());
    ScriptedServer.Stream stream = server.next();
    stream.send(Messages.message("n1"));
    stream.take(Weft.AgentMessage::hasAnswer);

    client.close();

    assertThat(stream.take().hasGoodbye()).isTrue();
    assertThat(stream.end()).isEqualTo("completed");
    assertThat(client.request("reviews:80")).isNull();
  }

  @Test
  void anythingElseThanAControlServerIsToldAsSuch() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0)) {
      started("127.0.0.1:" + deaf.getLocalPort());
      assertThat(poll(log)).contains("no answer within 5 s");
    }
    started("127.0.0.1:1");
    assertThat(poll(log)).contains("127.0.0.1:1: Connection refused");
  }

  @Test
  void addressThatCannotBeReadIsRefusedWithWhatWasExpected() {
    for (String wrong : List.of("nowhere", "", "a:b", "a:70000", "http://a:80", "a:1,,b:2")) {
      assertThatThrownBy(() -> builder(wrong).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: host:port");
    }
    assertThat(ServerAddress.parse("a:1, [::1]:8181").toString()).isEqualTo("[a:1, [::1]:8181]");
  }

  @Test
  void reconnectStormLeaksNoThread() throws Exception {
    ScriptedServer server = server(0);
    // Jitter at its least: as fast as it can get.
    ControlClient client = builder(server.address()).random(bound -> 0).build();
    open.add(client);
    client.start();
    int most = 0;
    for (int i = 0; i < 200; i++) {
      ScriptedServer.Stream stream = server.next();
      stream.take();
      stream.send(Messages.message("n" + i));
      stream.take(Weft.AgentMessage::hasAnswer);
      most = Math.max(most, ownThreads().size());
      stream.onCompleted();
    }

    server.next().send(Messages.message("last"));
    // Threads that served a link stay idle for two seconds; then one loops and one reads.
    awaitThreads(2);
    assertThat(most).isLessThan(80);
    client.close();
    awaitThreads(0);
  }

  private static void awaitThreads(int expected) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (ownThreads().size() != expected && System.nanoTime() < deadline) {
      new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
    }
    assertThat(ownThreads()).hasSize(expected);
  }

  private static List<String> ownThreads() {
    List<String> own = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      // gRPC renames the thread that reads as long as it does.
      if (thread.getName().startsWith("weft-control")
          || thread.getName().equals("OkHttpClientTransport")) {
        own.add(thread.getName());
      }
    }
    return own;
  }

  private static String poll(BlockingQueue<String> lines) throws InterruptedException {
    String line = lines.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("a line within 10 s").isNotNull();
    return String.valueOf(line);
  }

  private ScriptedServer server(int port) throws Exception {
    ScriptedServer server = new ScriptedServer(port);
    open.add(server);
    return server;
  }

  private ControlClient started(String servers) {
    ControlClient client = builder(servers).build();
    open.add(client);
    client.start();
    return client;
  }

  private ControlClient.Builder builder(String servers) {
    return ControlClient.builder()
        .servers(servers)
        .registration(Messages.CHECKOUT)
        .sink(sink)
        .stateDirectory(state)
        .log(log::add);
  }
}
