package dev.weft.control.push;

import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An agent that says what a test tells it to, over a real connection. */
final class FakeAgent
    implements ClientResponseObserver<Weft.AgentMessage, Weft.ServerMessage>, AutoCloseable {

  private final ManagedChannel channel;
  private final boolean readsByHand;
  private final BlockingQueue<Weft.ServerMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<Weft.AgentMessage> call;

  FakeAgent(int port) {
    this(port, false);
  }

  /**
   * @param readsByHand whether nothing is read before {@link #read} says so
   */
  FakeAgent(int port, boolean readsByHand) {
    this.readsByHand = readsByHand;
    this.channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", port, InsecureChannelCredentials.create())
            .build();
    MeshDiscoveryGrpc.newStub(channel).stream(this);
  }

  static Registration registration(String instance) {
    return Registration.builder()
        .instanceId(instance)
        .service("checkout")
        .namespace("shop")
        .address("10.0.0.9")
        .state(Registration.State.READY)
        .build();
  }

  void hello(String instance, String... subscribe) {
    hello(instance, List.of(), subscribe);
  }

  void hello(String instance, List<Weft.Known> known, String... subscribe) {
    hello(registration(instance), known, subscribe);
  }

  void hello(Registration registration, List<Weft.Known> known, String... subscribe) {
    say(
        Weft.AgentMessage.newBuilder()
            .setHello(
                Weft.Hello.newBuilder()
                    .setRegistration(WireCodec.encode(registration))
                    .addAllKnown(known)
                    .addAllSubscribe(Arrays.asList(subscribe)))
            .build());
  }

  void subscribe(String... names) {
    say(
        Weft.AgentMessage.newBuilder()
            .setSubscription(Weft.Subscription.newBuilder().addAllSubscribe(Arrays.asList(names)))
            .build());
  }

  void unsubscribe(String... names) {
    say(
        Weft.AgentMessage.newBuilder()
            .setSubscription(Weft.Subscription.newBuilder().addAllUnsubscribe(Arrays.asList(names)))
            .build());
  }

  void ack(Weft.ServerMessage message, Weft.Rejection... rejections) {
    say(
        Weft.AgentMessage.newBuilder()
            .setAnswer(
                Weft.Answer.newBuilder()
                    .setNonce(message.getNonce())
                    .addAllRejections(Arrays.asList(rejections)))
            .build());
  }

  void say(Weft.AgentMessage message) {
    open().onNext(message);
  }

  void finish() {
    open().onCompleted();
  }

  void read(int count) {
    open().request(count);
  }

  private ClientCallStreamObserver<Weft.AgentMessage> open() {
    ClientCallStreamObserver<Weft.AgentMessage> stream = call;
    if (stream == null) {
      throw new AssertionError("the call has not started");
    }
    return stream;
  }

  Weft.ServerMessage take() throws InterruptedException {
    Weft.ServerMessage message = messages.poll(5, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no message within 5 s; ended by " + ends);
    }
    return message;
  }

  /** What has come, or comes in the next moment. */
  Weft.@Nullable ServerMessage poll(long millis) throws InterruptedException {
    return messages.poll(millis, TimeUnit.MILLISECONDS);
  }

  Status end() throws InterruptedException {
    Status end = ends.poll(5, TimeUnit.SECONDS);
    if (end == null) {
      throw new AssertionError("the stream did not end within 5 s");
    }
    return end;
  }

  /** Null when the message brings none. */
  static @Nullable InboundPolicy inbound(Weft.ServerMessage message) {
    return WireCodec.decode(message.getResourcesList()).inboundPolicy();
  }

  /** Of what the agent has asked for. */
  static List<String> asked(Weft.ServerMessage message) {
    List<String> names = new ArrayList<>(names(message));
    names.remove("InboundPolicy inbound");
    names.remove("TrustBundle trust");
    return names;
  }

  static List<String> names(Weft.ServerMessage message) {
    List<String> names = new ArrayList<>();
    for (Weft.Resource resource : message.getResourcesList()) {
      names.add(WireCodec.kindName(resource.getKind()) + " " + resource.getName());
    }
    return names;
  }

  static List<Weft.Known> known(Weft.ServerMessage message) {
    List<Weft.Known> known = new ArrayList<>();
    for (Weft.Resource resource : message.getResourcesList()) {
      known.add(
          Weft.Known.newBuilder()
              .setKind(resource.getKind())
              .setName(resource.getName())
              .setVersion(resource.getVersion())
              .build());
    }
    return known;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Weft.AgentMessage> stream) {
    call = stream;
    if (readsByHand) {
      stream.disableAutoRequestWithInitial(0);
    }
  }

  @Override
  public void onNext(Weft.ServerMessage message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable problem) {
    ends.add(Status.fromThrowable(problem));
  }

  @Override
  public void onCompleted() {
    ends.add(Status.OK);
  }

  /** As if the process were killed. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
