package dev.weft.controlclient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.engine.RandomSource;
import dev.weft.identity.ControlSecurity;
import dev.weft.identity.JoinToken;
import dev.weft.identity.Rotation;
import dev.weft.identity.Timer;
import dev.weft.identity.WorkloadIdentity;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateRequest;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateResponse;
import dev.weft.wire.proto.IstioCertificateServiceGrpc;
import dev.weft.wire.proto.MeshDiscoveryGrpc;
import dev.weft.wire.proto.Weft;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How an agent joins: by a token over TLS to a server that it believes, then by certificate. */
@Timeout(60)
final class ControlTlsTest {

  private static final String CONTROL = "spiffe://cluster.local/ns/weft-system/sa/weft-control";
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> CALLER = Context.key("caller");

  @TempDir private Path state;
  private final TestMeshAuthority authority;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "test-identity");
            made.setDaemon(true);
            return made;
          });
  private @Nullable Server server;
  private @Nullable ControlClient client;
  private volatile boolean refuses;
  private volatile int lifeSeconds = 600;

  ControlTlsTest() throws Exception {
    authority = new TestMeshAuthority();
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.shutdownNow();
    }
    thread.shutdownNow();
  }

  private final Timer timer =
      new Timer() {
        @Override
        public long millis() {
          return System.currentTimeMillis();
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
          if (!thread.isShutdown()) {
            thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
          }
        }
      };

  private String serve(String identity) throws Exception {
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.newBuilder()
                    .keyManager(authority.shows(identity))
                    .trustManager(authority.believes())
                    .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                    .build())
            .addService(new Certificates())
            .addService(new Discovery())
            .intercept(new WhoCalls())
            .build()
            .start();
    return "127.0.0.1:" + server.getPort();
  }

  private Rotation join(String address, JoinToken token) {
    WorkloadIdentity identity = new WorkloadIdentity(timer, peer -> null, lines::add);
    ControlSecurity security = new ControlSecurity(identity, true, () -> token, () -> "");
    ControlClient made =
        ControlClient.builder()
            .servers(address)
            .registration(Messages.CHECKOUT)
            .sink(new RecordingSink())
            .stateDirectory(state)
            .log(lines::add)
            .security(security)
            .build();
    client = made;
    identity.start();
    Rotation rotation =
        new Rotation(timer, RandomSource.SYSTEM, made.certificates(), identity, lines::add);
    identity.onChange(made::wake);
    rotation.firstAnswer().thenRun(made::start);
    rotation.start();
    return rotation;
  }

  private String next() throws InterruptedException {
    String next = said.poll(15, TimeUnit.SECONDS);
    return next == null ? "nothing; lines: " + lines : next;
  }

  @Test
  void joinsByTokenAndSpeaksByCertificate() throws Exception {
    JoinToken token = authority.token();
    join(serve(CONTROL), token);
    assertThat(next()).isEqualTo("certificate for Bearer " + token.text + " of nobody");
    assertThat(next()).isEqualTo("stream of " + WEB);
    assertThat(lines).isEmpty();
  }

  @Test
  void renewsByCertificateWhileTheStreamGoesOn() throws Exception {
    lifeSeconds = 2;
    JoinToken token = authority.token();
    Rotation rotation = join(serve(CONTROL), token);
    assertThat(next()).startsWith("certificate for Bearer");
    assertThat(next()).isEqualTo("stream of " + WEB);
    assertThat(next()).isEqualTo("certificate for nothing of " + WEB);
    assertThat(next()).isEqualTo("certificate for nothing of " + WEB);
    assertThat(rotation.failedRenewals()).isZero();
  }

  @Test
  void tellsNothingToAServerOfAnotherRoot() throws Exception {
    Rotation rotation = join(serve(CONTROL), new TestMeshAuthority().token());
    rotation.firstAnswer().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(rotation.lastError())
        .contains("does not show the root certificate that the join token names");
    assertThat(said).isEmpty();
    assertThat(lines).singleElement().asString().startsWith("no certificate yet: 127.0.0.1:");
  }

  @Test
  void tellsNothingToAWorkloadThatSaysItIsTheControlServer() throws Exception {
    Rotation rotation = join(serve(WEB), authority.token());
    rotation.firstAnswer().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(rotation.lastError()).contains(WEB + " is no control server");
    assertThat(said).isEmpty();
  }

  @Test
  void aRefusedTokenIsOneLineAndNobodyWaits() throws Exception {
    refuses = true;
    Rotation rotation = join(serve(CONTROL), authority.token());
    rotation.firstAnswer().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("no certificate: the control server refuses: 127.0.0.1:")
        .endsWith("token expired; the application runs, trying on");
    ControlClient joining = client;
    if (joining == null) {
      throw new AssertionError("no client");
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (joining.request("reviews:80") != null && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(joining.request("reviews:80")).as("what a request waits for").isNull();
    assertThat(next()).startsWith("certificate for Bearer");
    assertThat(said).isEmpty();
    assertThat(lines).hasSize(1);
  }

  /** Remembers who calls, by his certificate. */
  private static final class WhoCalls implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> handler) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      String bearer = headers.get(AUTHORIZATION);
      String caller = (bearer == null ? "nothing" : bearer) + " of " + peer(session);
      return Contexts.interceptCall(
          Context.current().withValue(CALLER, caller), call, headers, handler);
    }

    private static String peer(@Nullable SSLSession session) {
      try {
        return session == null ? "plaintext" : ControlTlsTest.identity(session);
      } catch (SSLPeerUnverifiedException e) {
        return "nobody";
      }
    }
  }

  static String identity(SSLSession session) throws SSLPeerUnverifiedException {
    try {
      X509Certificate own = (X509Certificate) session.getPeerCertificates()[0];
      return String.valueOf(List.copyOf(own.getSubjectAlternativeNames()).get(0).get(1));
    } catch (CertificateParsingException e) {
      throw new AssertionError(e);
    }
  }

  private final class Certificates
      extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    @Override
    public void createCertificate(
        IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
      said.add("certificate for " + CALLER.get());
      if (refuses) {
        answer.onError(
            Status.UNAUTHENTICATED.withDescription("token expired").asRuntimeException());
        return;
      }
      try {
        answer.onNext(
            IstioCertificateResponse.newBuilder()
                .addCertChain(
                    TestMeshAuthority.pem(
                        authority.issue(
                            TestMeshAuthority.keyOf(request.getCsr()), WEB, lifeSeconds)))
                .addCertChain(TestMeshAuthority.pem(authority.root))
                .build());
        answer.onCompleted();
      } catch (Exception e) {
        answer.onError(Status.INTERNAL.withCause(e).asRuntimeException());
      }
    }
  }

  private final class Discovery extends MeshDiscoveryGrpc.MeshDiscoveryImplBase {
    @Override
    public StreamObserver<Weft.AgentMessage> stream(StreamObserver<Weft.ServerMessage> toAgent) {
      String caller = CALLER.get();
      said.add("stream" + caller.substring(caller.indexOf(" of ")));
      toAgent.onNext(Weft.ServerMessage.newBuilder().setNonce("1").build());
      return new StreamObserver<>() {
        @Override
        public void onNext(Weft.AgentMessage message) {}

        @Override
        public void onError(Throwable problem) {}

        @Override
        public void onCompleted() {
          toAgent.onCompleted();
        }
      };
    }
  }
}
