package dev.weft.controlclient;

import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A control server on loopback whose lines are spoken by the test. */
final class ScriptedServer implements AutoCloseable {

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final Server server;
  private final int port;

  ScriptedServer() throws IOException {
    this(0);
  }

  ScriptedServer(int port) throws IOException {
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                InsecureServerCredentials.create())
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .addService(new Service())
            .build()
            .start();
    this.port = server.getPort();
  }

  int port() {
    return port;
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** The next stream that an agent opens. */
  Stream next() throws InterruptedException {
    Stream stream = streams.poll(10, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no agent opened a stream within 10 s");
    }
    return stream;
  }

  /** Ends as a killed process does: streams break. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new AssertionError("the scripted server does not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** One agent. */
  static final class Stream implements StreamObserver<Weft.AgentMessage> {
    private final StreamObserver<Weft.ServerMessage> toAgent;
    private final BlockingQueue<Weft.AgentMessage> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    Stream(StreamObserver<Weft.ServerMessage> toAgent) {
      this.toAgent = toAgent;
    }

    void send(Weft.ServerMessage message) {
      toAgent.onNext(message);
    }

    Weft.AgentMessage take() throws InterruptedException {
      Weft.AgentMessage message = said.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("the agent said nothing within 10 s");
      }
      return message;
    }

    /** The next message of a kind, past those of other kinds. */
    Weft.AgentMessage take(Predicate<Weft.AgentMessage> kind) throws InterruptedException {
      Weft.AgentMessage message = take();
      while (!kind.test(message)) {
        message = take();
      }
      return message;
    }

    String end() throws InterruptedException {
      String end = ends.poll(10, TimeUnit.SECONDS);
      if (end == null) {
        throw new AssertionError("the stream did not end within 10 s");
      }
      return end;
    }

    @Override
    public void onNext(Weft.AgentMessage message) {
      said.add(message);
    }

    @Override
    public void onError(Throwable problem) {
      ends.add("broken");
    }

    @Override
    public void onCompleted() {
      ends.add("completed");
      toAgent.onCompleted();
    }
  }

  private final class Service extends MeshDiscoveryGrpc.MeshDiscoveryImplBase {
    @Override
    public StreamObserver<Weft.AgentMessage> stream(StreamObserver<Weft.ServerMessage> toAgent) {
      Stream stream = new Stream(toAgent);
      streams.add(stream);
      return stream;
    }
  }
}
