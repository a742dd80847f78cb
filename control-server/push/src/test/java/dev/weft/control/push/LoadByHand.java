package dev.weft.control.push;

import com.linecorp.armeria.server.Server;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long one policy change takes to a thousand streams, server and agents in one JVM. Not a test:
 * run its main by hand. Arguments: streams, and how many of them share a connection.
 */
final class LoadByHand {

  private static final int ROUNDS = 20;

  private LoadByHand() {}

  public static void main(String[] args) throws Exception {
    int streams = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    int perConnection = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    World world = new World();
    for (int i = 0; i < 20; i++) {
      world.put(
          World.table(
              "service-" + i + ":80", "VirtualService/a/s" + i + "@1", "10.0.0.1", "u" + i));
    }
    PushService push = new PushService(world, world, world);
    var builder = Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    PushHttp.mount(builder, push);
    Server server = builder.build();
    server.start().join();

    List<Agent> agents = new ArrayList<>();
    List<ManagedChannel> channels = new ArrayList<>();
    long began = System.nanoTime();
    CountDownLatch hello = new CountDownLatch(streams);
    for (int i = 0; i < streams; i++) {
      if (i % perConnection == 0) {
        channels.add(
            OkHttpChannelBuilder.forAddress(
                    "127.0.0.1", server.activeLocalPort(), InsecureChannelCredentials.create())
                .build());
      }
      agents.add(new Agent(channels.get(channels.size() - 1), "agent-" + i, hello));
    }
    await(hello, "hello");
    System.out.printf("%d streams said hello and got 20 tables in %d ms%n", streams, since(began));

    long[] times = new long[ROUNDS];
    long cpuBefore = cpu();
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch all = new CountDownLatch(streams);
      for (Agent agent : agents) {
        agent.latch = all;
      }
      long start = System.nanoTime();
      world.change(
          World.table(
              "service-0:80", "VirtualService/a/s0@" + (round + 2), "10.0.0." + round, "u0"));
      await(all, "round " + round);
      times[round] = since(start);
    }
    long cpu = (cpu() - cpuBefore) / ROUNDS;
    Arrays.sort(times);
    System.gc();
    System.out.printf(
        "one change to all: median %d ms, worst %d ms; %d ms CPU each, both ends; heap %d MB%n",
        times[ROUNDS / 2],
        times[ROUNDS - 1],
        TimeUnit.NANOSECONDS.toMillis(cpu),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20);
    channels.forEach(ManagedChannel::shutdownNow);
    push.close();
    server.stop().join();
    System.exit(0);
  }

  private static void await(CountDownLatch latch, String what) throws InterruptedException {
    if (!latch.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(what + ": " + latch.getCount() + " streams did not hear of it");
    }
  }

  private static long since(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Acknowledges what it gets. */
  private static final class Agent implements StreamObserver<Weft.ServerMessage> {
    private final StreamObserver<Weft.AgentMessage> toServer;
    volatile @Nullable CountDownLatch latch;

    Agent(ManagedChannel channel, String id, CountDownLatch latch) {
      this.latch = latch;
      this.toServer = MeshDiscoveryGrpc.newStub(channel).stream(this);
      Weft.Hello.Builder hello =
          Weft.Hello.newBuilder().setRegistration(WireCodec.encode(FakeAgent.registration(id)));
      for (int i = 0; i < 20; i++) {
        hello.addSubscribe("service-" + i + ":80");
      }
      toServer.onNext(Weft.AgentMessage.newBuilder().setHello(hello).build());
    }

    @Override
    public void onNext(Weft.ServerMessage message) {
      toServer.onNext(
          Weft.AgentMessage.newBuilder()
              .setAnswer(Weft.Answer.newBuilder().setNonce(message.getNonce()))
              .build());
      CountDownLatch waiting = latch;
      if (waiting != null) {
        waiting.countDown();
      }
    }

    @Override
    public void onError(Throwable problem) {}

    @Override
    public void onCompleted() {}
  }
}
