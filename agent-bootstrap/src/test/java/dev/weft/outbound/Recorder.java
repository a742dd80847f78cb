package dev.weft.outbound;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.ServerPorts;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An engine that answers from a list and writes down what it is told. */
final class Recorder implements OutboundMesh, OutboundCall, AutoCloseable {

  static final OutboundRequest REQUEST =
      new OutboundRequest() {
        @Override
        public String method() {
          return "GET";
        }

        @Override
        public String scheme() {
          return "http";
        }

        @Override
        public String authority() {
          return "orders";
        }

        @Override
        public int port() {
          return 80;
        }

        @Override
        public String path() {
          return "/";
        }

        @Override
        public @Nullable String header(String name) {
          return null;
        }

        @Override
        public boolean isReplayable() {
          return true;
        }
      };

  static final Endpoint ENDPOINT = new Endpoint("e.weft", new byte[] {127, 0, 0, 1}, 1, false);

  final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  final Deque<Directive> answers = new ArrayDeque<>();
  private final Mesh before;

  Recorder(Directive... answers) {
    this.answers.addAll(List.of(answers));
    this.before =
        Mesh.install(
            new Mesh(
                this,
                InboundMesh.PERMIT_ALL,
                TransportSecurity.PLAINTEXT,
                ServerPorts.IGNORED,
                (where, problem) -> told.add("problem " + where)));
  }

  static Directive send(long timeoutMillis, long delayMillis) {
    return Directive.send(
        new Attempt(
            ENDPOINT,
            1,
            TimeUnit.MILLISECONDS.toNanos(timeoutMillis),
            0,
            HeaderMutations.NONE,
            null,
            null),
        TimeUnit.MILLISECONDS.toNanos(delayMillis));
  }

  static Directive deliver() {
    return Directive.deliver(HeaderMutations.NONE);
  }

  /** The next thing that the engine was told; waits for it. */
  String next() throws InterruptedException {
    String next = told.poll(5, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  @Override
  public OutboundCall open(OutboundRequest request) {
    return this;
  }

  @Override
  public Directive start() {
    return answers.remove();
  }

  @Override
  public Directive onResponse(OutboundResponse response) {
    told.add("response " + response.status());
    return answers.remove();
  }

  @Override
  public Directive onFailure(FailureKind kind, Throwable failure) {
    told.add("failure " + kind);
    return answers.remove();
  }

  @Override
  public void close(Outcome outcome, int status, @Nullable Throwable failure) {
    told.add("close " + outcome + " " + status);
  }

  @Override
  public void close() {
    Mesh.install(before);
  }
}
