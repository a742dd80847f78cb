package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Resolvers, credentials and interceptors of the application go on to work under the mesh. */
abstract class OwnPartsContract extends GrpcFixture {

  // ---- name resolvers

  @Test
  final void aNameOfTheApplicationsOwnResolverIsDecidedByTheMesh() throws Exception {
    try (OwnResolver resolver = new OwnResolver(a().port())) {
      ManagedChannel own = builder("own:///orders").build();
      try {
        engine().call(FakeEngine.send(b().endpoint()));
        assertThat(echo(own, "x")).isEqualTo("b x");
        assertThat(engine().takeOpened().authority()).isEqualTo(OwnResolver.AUTHORITY);
        assertThat(b().take().authority()).isEqualTo(OwnResolver.AUTHORITY);
        assertThat(resolver.made()).isPositive();
        engine().takeResponse();
        engine().takeGrpcEnd();
        assertClosed(Outcome.COMPLETED, 200);
      } finally {
        own.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  final void aCallThatTheMeshLetsPassGoesWhereTheApplicationsResolverLeads() throws Exception {
    try (OwnResolver resolver = new OwnResolver(a().port())) {
      ManagedChannel own = builder("own:///orders").build();
      try {
        engine().call(FakeEngine.passThrough());
        assertThat(echo(own, "x")).isEqualTo("a x");
        assertThat(resolver.made()).isEqualTo(1);
        engine().takeOpened();
        assertClosed(Outcome.COMPLETED, 200);
      } finally {
        own.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  // ---- credentials

  @Test
  final void credentialsAreAskedForEachAttemptAndReachTheServer() throws Exception {
    a().fail(Status.UNAVAILABLE);
    engine().call(FakeEngine.send(a().endpoint()), FakeEngine.send(b().endpoint()));
    Tokens tokens = new Tokens();
    assertThat(
            ClientCalls.blockingUnaryCall(
                channel(),
                Sample.ECHO,
                CallOptions.DEFAULT
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .withCallCredentials(tokens),
                "x"))
        .isEqualTo("b x");
    assertThat(a().take().headers().get(Tokens.KEY)).isEqualTo("token 1");
    assertThat(b().take().headers().get(Tokens.KEY)).isEqualTo("token 2");
    assertSentTwice();
  }

  @Test
  final void credentialsThatFailEndTheCallWithTheirStatus() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    StatusRuntimeException failure =
        requireNonNull(
            Assertions.catchThrowableOfType(
                StatusRuntimeException.class,
                () ->
                    ClientCalls.blockingUnaryCall(
                        channel(),
                        Sample.ECHO,
                        CallOptions.DEFAULT
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .withCallCredentials(new NoTokens()),
                        "x")));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(failure.getStatus().getDescription()).isEqualTo("no token");
    assertThat(a().waiting()).isZero();
    engine().takeOpened();
    // No endpoint is to blame, and nothing is sent again.
    assertClosed(Outcome.CANCELLED, 0);
  }

  // ---- interceptors

  @Test
  final void interceptorsOfTheApplicationSeeACallOnceHoweverOftenItIsSent() throws Exception {
    Recording recording = new Recording();
    ManagedChannel own = builder(TARGET).intercept(recording).build();
    try {
      a().fail(Status.UNAVAILABLE);
      engine()
          .call(
              FakeEngine.send(a().endpoint()),
              request -> {
                // What interceptors add is there for routes.
                assertThat(request.header("x-tag")).isEqualTo("intercepted");
                return FakeEngine.send(b().endpoint()).decide(request);
              });
      assertThat(echo(own, "x")).isEqualTo("b x");
      assertThat(recording.events).containsExactly("start", "headers", "message b x", "close OK");
      assertThat(a().take().headers().get(Sample.TAG)).isEqualTo("intercepted");
      assertThat(b().take().headers().get(Sample.TAG)).isEqualTo("intercepted");
      assertSentTwice();
    } finally {
      own.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private void assertSentTwice() throws InterruptedException {
    engine().takeOpened();
    engine().takeResponse();
    engine().takeResponse();
    engine().takeGrpcEnd();
    assertClosed(Outcome.COMPLETED, 200);
  }

  /** Adds a header and writes down what it sees. */
  private static final class Recording implements ClientInterceptor {
    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<Q, R>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> responses, Metadata headers) {
          events.add("start");
          headers.put(Sample.TAG, "intercepted");
          super.start(
              new SimpleForwardingClientCallListener<R>(responses) {
                @Override
                public void onHeaders(Metadata received) {
                  events.add("headers");
                  super.onHeaders(received);
                }

                @Override
                public void onMessage(R message) {
                  events.add("message " + message);
                  super.onMessage(message);
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                  events.add("close " + status.getCode());
                  super.onClose(status, trailers);
                }
              },
              headers);
        }
      };
    }
  }

  /** A new token each time it is asked. */
  private static final class Tokens extends CallCredentials {
    static final Metadata.Key<String> KEY = Sample.key("x-token");

    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier to) {
      executor.execute(
          () -> {
            Metadata headers = new Metadata();
            headers.put(KEY, "token " + asked.incrementAndGet());
            to.apply(headers);
          });
    }

    @Override
    public void thisUsesUnstableApi() {}
  }

  private static final class NoTokens extends CallCredentials {
    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier to) {
      executor.execute(() -> to.fail(Status.UNAUTHENTICATED.withDescription("no token")));
    }

    @Override
    public void thisUsesUnstableApi() {}
  }

  /** Knows one name, which leads to one port, while it is open. */
  private static final class OwnResolver extends NameResolverProvider implements AutoCloseable {
    static final String AUTHORITY = "orders.example";

    private final int port;
    private final AtomicInteger made = new AtomicInteger();

    OwnResolver(int port) {
      this.port = port;
      NameResolverRegistry.getDefaultRegistry().register(this);
    }

    int made() {
      return made.get();
    }

    @Override
    public void close() {
      NameResolverRegistry.getDefaultRegistry().deregister(this);
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return "own";
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
      if (!"own".equals(target.getScheme())) {
        return null;
      }
      made.incrementAndGet();
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return AUTHORITY;
        }

        @Override
        public void start(Listener2 listener) {
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddresses(
                      Collections.singletonList(
                          new EquivalentAddressGroup(
                              new InetSocketAddress(InetAddress.getLoopbackAddress(), port))))
                  .setAttributes(Attributes.EMPTY)
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }
  }
}
