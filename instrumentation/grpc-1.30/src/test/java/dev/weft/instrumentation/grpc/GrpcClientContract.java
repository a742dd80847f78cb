package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.FakeEngine.GrpcEnd;
import dev.weft.transport.Endpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is true of gRPC's client on every transport. */
abstract class GrpcClientContract extends GrpcFixture {

  private static Directive reply(LocalReply reply) {
    return Directive.reply(reply, 0);
  }

  // ---- where calls go

  @Test
  final void sendsEachCallOfOneChannelToItsEndpoint() throws Exception {
    for (int i = 0; i < 6; i++) {
      GrpcUpstream next = i % 2 == 0 ? a() : b();
      engine().call(FakeEngine.send(next.endpoint()));
      assertThat(echo(channel(), "x")).isEqualTo(i % 2 == 0 ? "a x" : "b x");
      assertGood(1, 1);
    }
    assertThat(a().connections()).isEqualTo(1);
    assertThat(b().connections()).isEqualTo(1);
  }

  @Test
  final void showsACallAsItIsOnTheWire() throws Exception {
    List<@Nullable String> shown = new ArrayList<>();
    engine()
        .call(
            request -> {
              for (String name :
                  List.of("x-tag", "content-type", "te", "x-blob-bin", "absent", ":path")) {
                shown.add(request.header(name));
              }
              return FakeEngine.send(a().endpoint()).decide(request);
            });
    Metadata headers = new Metadata();
    headers.put(Sample.TAG, "one");
    headers.put(Sample.TAG, "two");
    headers.put(
        Metadata.Key.of("x-blob-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, 2, 3});
    Channel tagged =
        ClientInterceptors.intercept(channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    assertThat(echo(tagged, "x")).isEqualTo("a x");
    assertThat(shown)
        .containsExactly("one,two", "application/grpc", "trailers", "AQID", null, null);
    FakeEngine.Opened opened = engine().takeOpened();
    assertThat(opened)
        .isEqualTo(
            new FakeEngine.Opened(
                opened.call(), "POST", "http", TARGET, 8080, "/sample.Sample/Echo"));
    engine().takeResponse();
    engine().takeGrpcEnd();
    assertClosed(Outcome.COMPLETED, 200);
    assertThat(a().take().authority()).isEqualTo(TARGET);
  }

  @Test
  final void setsTheHeadersAuthorityAndMethodOfTheAttempt() throws Exception {
    HeaderMutations headers =
        HeaderMutations.builder()
            .remove("x-gone")
            .set("x-tag", "set")
            .add("x-tag", "added")
            .build();
    engine()
        .call(
            FakeEngine.always(
                Directive.send(
                    new Attempt(
                        a().endpoint(), 1, 0, 0, headers, "/sample.Sample/Collect", "other:1"),
                    0)));
    Metadata own = new Metadata();
    own.put(Sample.TAG, "own");
    own.put(Sample.key("x-gone"), "here");
    Channel tagged =
        ClientInterceptors.intercept(channel(), MetadataUtils.newAttachHeadersInterceptor(own));
    assertThat(echo(tagged, "xy")).isEqualTo("a 1 of 2");
    GrpcUpstream.Seen seen = a().take();
    assertThat(seen.method()).isEqualTo("sample.Sample/Collect");
    assertThat(seen.authority()).isEqualTo("other:1");
    assertThat(seen.headers().getAll(Sample.TAG)).containsExactly("set", "added");
    assertThat(seen.headers().containsKey(Sample.key("x-gone"))).isFalse();
    assertGood(1, 1);
  }

  @Test
  final void changesTheHeadersOfTheResponse() throws Exception {
    engine()
        .call(
            FakeEngine.send(a().endpoint()),
            FakeEngine.deliver(HeaderMutations.builder().set("x-mesh", "yes").build()));
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Channel watched =
        ClientInterceptors.intercept(
            channel(), MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    echo(watched, "x");
    assertThat(requireNonNull(headers.get()).get(Sample.key("x-mesh"))).isEqualTo("yes");
    assertGood(1, 1);
  }

  // ---- once more

  @Test
  final void sendsAgainByTheStatusOfACall() throws Exception {
    a().fail(Status.UNAVAILABLE.withDescription("busy"));
    engine()
        .call(
            FakeEngine.send(a().endpoint()),
            request -> {
              assertThat(request.isReplayable()).isTrue();
              return FakeEngine.send(b().endpoint()).decide(request);
            });
    assertThat(echo(channel(), "again")).isEqualTo("b again");
    engine().takeOpened();
    assertThat(engine().takeResponse().status()).isEqualTo(200);
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd().status()).isZero();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void deliversTheStatusOfACall() throws Exception {
    a().fail(Status.NOT_FOUND.withDescription("no such order"));
    engine().call(FakeEngine.send(a().endpoint()));
    Status status = failure("x");
    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).isEqualTo("no such order");
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().status()).isEqualTo(200);
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 5, 1, 0));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void sendsAgainElsewhereAfterAConnectFailure() throws Exception {
    engine().call(FakeEngine.send(nowhere()), FakeEngine.send(b().endpoint()));
    assertThat(echo(channel(), "x")).isEqualTo("b x");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.CONNECT);
    engine().takeResponse();
    engine().takeGrpcEnd();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void deliversAConnectFailureEvenToACallThatWouldWait() throws Exception {
    engine().call(FakeEngine.send(nowhere()));
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel(), Sample.ECHO, CallOptions.DEFAULT.withWaitForReady(), "x"));
    assertThat(requireNonNull(failure).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.CONNECT);
    assertClosed(Outcome.FAILED, 0);
  }

  @Test
  final void connectsAgainToAnEndpointThatCameBack() throws Exception {
    Endpoint endpoint = a().endpoint();
    engine().call(FakeEngine.send(endpoint));
    echo(channel(), "x");
    assertGood(1, 1);
    int port = a().port();
    a().close();
    engine().call(FakeEngine.send(endpoint));
    // INTERNAL is gRPC's own word for a connection that says goodbye while the call is written.
    assertThat(failure("x").getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.INTERNAL);
    engine().takeOpened();
    engine().takeFailure();
    assertClosed(Outcome.FAILED, 0);
    assertThat(port).isEqualTo(endpoint.port());
    engine().call(FakeEngine.send(b().endpoint()));
    assertThat(echo(channel(), "x")).isEqualTo("b x");
    assertGood(1, 1);
  }

  @Test
  final void saysWhenTooMuchWasSentToBeSentAgain() throws Exception {
    a().fail(Status.UNAVAILABLE);
    AtomicReference<Boolean> replayable = new AtomicReference<>();
    engine()
        .call(
            FakeEngine.send(a().endpoint()),
            request -> {
              replayable.set(request.isReplayable());
              return Directive.deliver(HeaderMutations.NONE);
            });
    CompletableFuture<String> answer = new CompletableFuture<>();
    StreamObserver<String> requests =
        ClientCalls.asyncClientStreamingCall(
            channel().newCall(Sample.COLLECT, CallOptions.DEFAULT), observer(answer));
    for (int i = 0; i < 10; i++) {
      requests.onNext("x".repeat(10_000));
    }
    requests.onCompleted();
    assertThat(
            answer
                .handle((text, failure) -> Status.fromThrowable(failure).getCode())
                .get(10, TimeUnit.SECONDS))
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(replayable.get()).isFalse();
    engine().takeOpened();
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd().requestMessages()).isEqualTo(10);
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void doesNotAskAgainOnceTheResponseBegan() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    Iterator<String> answers =
        ClientCalls.blockingServerStreamingCall(channel(), Sample.LIST, CallOptions.DEFAULT, "2");
    // The second of the two is for after the messages.
    a().fail(Status.UNAVAILABLE);
    Status.Code end = Status.Code.OK;
    int messages = 0;
    try {
      while (answers.hasNext()) {
        answers.next();
        messages++;
      }
    } catch (StatusRuntimeException e) {
      end = e.getStatus().getCode();
    }
    // Whether the call or its end met the failure, it was sent once.
    assertThat(a().waiting()).isEqualTo(1);
    int call = engine().takeOpened().call();
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, end.value(), 1, messages));
    assertClosed(Outcome.COMPLETED, 200);
  }

  // ---- streams

  @Test
  final void streamsResponses() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    List<String> answers = new ArrayList<>();
    ClientCalls.blockingServerStreamingCall(channel(), Sample.LIST, CallOptions.DEFAULT, "50")
        .forEachRemaining(answers::add);
    assertThat(answers).hasSize(50).contains("a 0", "a 49");
    assertGood(1, 50);
  }

  @Test
  final void streamsRequestsAndSendsThemAgain() throws Exception {
    a().fail(Status.UNAVAILABLE);
    engine().call(FakeEngine.send(a().endpoint()), FakeEngine.send(b().endpoint()));
    CompletableFuture<String> answer = new CompletableFuture<>();
    StreamObserver<String> requests =
        ClientCalls.asyncClientStreamingCall(
            channel().newCall(Sample.COLLECT, CallOptions.DEFAULT), observer(answer));
    for (int i = 0; i < 5; i++) {
      requests.onNext("12345");
    }
    requests.onCompleted();
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("b 5 of 25");
    int call = engine().takeOpened().call();
    engine().takeResponse();
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 0, 5, 1));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void streamsBothWays() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    Told told = new Told();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel().newCall(Sample.CHAT, CallOptions.DEFAULT), told);
    for (int i = 0; i < 3; i++) {
      requests.onNext("m" + i);
      assertThat(told.take()).isEqualTo("a m" + i);
    }
    requests.onCompleted();
    assertThat(told.take()).isEqualTo("OK");
    assertGood(3, 3);
  }

  @Test
  final void asksForMessagesAsTheApplicationDoes() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    ClientCall<String, String> call = channel().newCall(Sample.LIST, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<String>() {
          @Override
          public void onMessage(String message) {
            told.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            told.add(status.getCode().name());
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage("3");
    call.halfClose();
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("a 0");
    assertThat(told.poll(200, TimeUnit.MILLISECONDS)).isNull();
    call.request(2);
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("a 1");
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("a 2");
    call.request(1);
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("OK");
    assertGood(1, 3);
  }

  @Test
  final void tellsTheApplicationWhenItMaySend() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    ClientCall<String, String> call = channel().newCall(Sample.CHAT, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<String>() {
          @Override
          public void onReady() {
            told.add("ready");
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            told.add(status.getCode().name());
          }
        },
        new Metadata());
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("ready");
    assertThat(call.isReady()).isTrue();
    // The answers are not read: sooner or later nothing more goes out.
    int sent = 0;
    while (call.isReady() && sent < 10_000) {
      call.sendMessage("x".repeat(10_000));
      sent++;
    }
    assertThat(sent).isLessThan(10_000);
    call.cancel("enough", null);
    String end = told.poll(10, TimeUnit.SECONDS);
    while ("ready".equals(end)) {
      end = told.poll(10, TimeUnit.SECONDS);
    }
    assertThat(end).isEqualTo("CANCELLED");
    engine().takeOpened();
    // The head of the response may have come already.
    FakeEngine.Report last = engine().takeAny();
    while (!(last instanceof FakeEngine.Closed)) {
      last = engine().takeAny();
    }
    assertThat(((FakeEngine.Closed) last).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  // ---- time

  @Test
  final void tellsTheMeshAndTheServerOfTheDeadline() throws Exception {
    AtomicReference<@Nullable String> timeout = new AtomicReference<>();
    engine()
        .call(
            request -> {
              timeout.set(request.header("grpc-timeout"));
              return FakeEngine.sendWithin(a().endpoint(), 3000).decide(request);
            });
    assertThat(echo(channel(), "x")).isEqualTo("a x");
    assertThat(requireNonNull(timeout.get())).matches("[0-9]{8}u");
    assertThat(requireNonNull(a().take().millisLeft())).isBetween(500L, 3000L);
    assertGood(1, 1);
  }

  @Test
  final void takesTheDeadlineOfTheContext() throws Exception {
    AtomicReference<@Nullable String> timeout = new AtomicReference<>();
    engine()
        .call(
            request -> {
              timeout.set(request.header("grpc-timeout"));
              return FakeEngine.send(a().endpoint()).decide(request);
            });
    java.util.concurrent.ScheduledExecutorService timer =
        java.util.concurrent.Executors.newSingleThreadScheduledExecutor();
    try (Context.CancellableContext limited =
        Context.current().withDeadlineAfter(5, TimeUnit.SECONDS, timer)) {
      assertThat(limited.call(() -> echo(channel(), "x"))).isEqualTo("a x");
    } finally {
      timer.shutdownNow();
    }
    assertThat(requireNonNull(timeout.get())).matches("[0-9]{7}u");
    assertGood(1, 1);
  }

  @Test
  final void sendsAgainWhenAnAttemptTakesTooLong() throws Exception {
    a().hang();
    engine().call(FakeEngine.sendWithin(a().endpoint(), 200), FakeEngine.send(b().endpoint()));
    assertThat(echo(channel(), "x")).isEqualTo("b x");
    assertThat(a().takeEnd()).isEqualTo("cancelled");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    engine().takeResponse();
    engine().takeGrpcEnd();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void endsAStreamAtTheDeadlineOfItsAttempt() throws Exception {
    engine().call(FakeEngine.sendWithin(a().endpoint(), 500));
    Told told = new Told();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel().newCall(Sample.CHAT, CallOptions.DEFAULT), told);
    requests.onNext("m");
    assertThat(told.take()).isEqualTo("a m");
    assertThat(told.take()).isEqualTo("DEADLINE_EXCEEDED");
    engine().takeOpened();
    engine().takeResponse();
    FakeEngine.Report next = engine().takeAny();
    if (next instanceof GrpcEnd end) {
      assertThat(end.status()).isEqualTo(-1);
      next = engine().takeAny();
    }
    assertThat(next)
        .isInstanceOfSatisfying(
            FakeEngine.Closed.class,
            closed -> assertThat(closed.outcome()).isEqualTo(Outcome.TIMED_OUT));
  }

  @Test
  final void endsACallAtTheDeadlineOfTheApplication() throws Exception {
    a().hang();
    engine().call(FakeEngine.send(a().endpoint()));
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel(),
                    Sample.ECHO,
                    CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                    "x"));
    assertThat(requireNonNull(failure).getStatus().getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    assertClosed(Outcome.FAILED, 0);
  }

  @Test
  final void endsACallAtItsDeadlineWhileTheMeshWaits() throws Exception {
    CompletableFuture<Object> ready = new CompletableFuture<>();
    engine().call(FakeEngine.always(Directive.await(ready, TimeUnit.SECONDS.toNanos(60))));
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel(),
                    Sample.ECHO,
                    CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                    "x"));
    assertThat(requireNonNull(failure).getStatus().getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    engine().takeOpened();
    assertClosed(Outcome.CANCELLED, 0);
  }

  // ---- answers of the mesh

  @Test
  final void answersAFaultByItsStatus() throws Exception {
    engine()
        .call(
            FakeEngine.always(
                reply(
                    new LocalReply(
                        200,
                        HeaderMutations.builder()
                            .set("content-type", "application/grpc")
                            .set("grpc-status", "8")
                            .set("grpc-message", "fault filter%20abort")
                            .set("x-mesh", "yes")
                            .build(),
                        new byte[0],
                        "FI"))));
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> echo(channel(), "x"));
    assertThat(requireNonNull(failure).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(failure.getStatus().getDescription()).isEqualTo("fault filter abort");
    assertThat(requireNonNull(failure.getTrailers()).get(Sample.key("x-mesh"))).isEqualTo("yes");
    engine().takeOpened();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void answersAReplyOfHttpAsAStatus() throws Exception {
    engine().call(FakeEngine.always(reply(LocalReply.text(503, "no healthy upstream", "UH"))));
    Status status = failure("x");
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).isEqualTo("no healthy upstream");
    engine().takeOpened();
    assertClosed(Outcome.COMPLETED, 503);
  }

  @Test
  final void doesNotBlockWhileTheMeshWaits() throws Exception {
    CompletableFuture<Object> ready = new CompletableFuture<>();
    engine()
        .call(
            FakeEngine.always(Directive.await(ready, TimeUnit.SECONDS.toNanos(60))),
            FakeEngine.send(a().endpoint()));
    CompletableFuture<String> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel().newCall(Sample.ECHO, CallOptions.DEFAULT), "later", observer(answer));
    assertThat(answer).isNotDone();
    ready.complete("policy");
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("a later");
    assertGood(1, 1);
  }

  // ---- the application gives up

  @Test
  final void endsACallThatTheApplicationCancelled() throws Exception {
    a().hang();
    engine().call(FakeEngine.send(a().endpoint()));
    Told told = new Told();
    ClientCall<String, String> call = channel().newCall(Sample.ECHO, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "x", told);
    a().take();
    call.cancel("no more", null);
    assertThat(told.take()).isEqualTo("CANCELLED");
    assertThat(a().takeEnd()).isEqualTo("cancelled");
    engine().takeOpened();
    assertClosed(Outcome.CANCELLED, 0);
  }

  @Test
  final void endsAStreamThatTheApplicationCancelled() throws Exception {
    engine().call(FakeEngine.send(a().endpoint()));
    Told told = new Told();
    ClientCall<String, String> call = channel().newCall(Sample.CHAT, CallOptions.DEFAULT);
    StreamObserver<String> requests = ClientCalls.asyncBidiStreamingCall(call, told);
    requests.onNext("m");
    assertThat(told.take()).isEqualTo("a m");
    call.cancel("no more", null);
    assertThat(told.take()).isEqualTo("CANCELLED");
    assertThat(a().takeEnd()).isEqualTo("cancelled");
    int opened = engine().takeOpened().call();
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(opened, -1, 1, 1));
    assertClosed(Outcome.CANCELLED, 200);
  }

  @Test
  final void endsACallThatIsCancelledWhileTheMeshWaits() throws Exception {
    engine()
        .call(
            FakeEngine.always(
                Directive.send(
                    new Attempt(a().endpoint(), 1, 0, 0, HeaderMutations.NONE, null, null),
                    TimeUnit.SECONDS.toNanos(60))));
    Told told = new Told();
    ClientCall<String, String> call = channel().newCall(Sample.ECHO, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "x", told);
    call.cancel("no more", null);
    assertThat(told.take()).isEqualTo("CANCELLED");
    engine().takeOpened();
    assertClosed(Outcome.CANCELLED, 0);
    assertThat(a().connections()).isZero();
  }

  // ---- what is the application's own

  @Test
  final void passesThroughToWhereTheApplicationsChannelLeads() throws Exception {
    ManagedChannel own = builder("localhost:" + a().port()).build();
    try {
      engine().call(FakeEngine.passThrough()).call(FakeEngine.send(b().endpoint()));
      assertThat(echo(own, "x")).isEqualTo("a x");
      assertThat(echo(own, "x")).isEqualTo("b x");
      engine().takeOpened();
      assertClosed(Outcome.COMPLETED, 200);
      assertGood(1, 1);
    } finally {
      own.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  @Test
  final void passesThroughWhenTheEngineBreaks() throws Exception {
    ManagedChannel own = builder("localhost:" + a().port()).build();
    try {
      engine().failToOpen(new IllegalStateException("broken"));
      assertThat(echo(own, "x")).isEqualTo("a x");
      engine().takeProblem();
    } finally {
      own.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  static StreamObserver<String> observer(CompletableFuture<String> answer) {
    return new StreamObserver<String>() {
      @Override
      public void onNext(String message) {
        answer.complete(message);
      }

      @Override
      public void onError(Throwable failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {}
    };
  }

  /** What a stream of calls tells: messages, then the status. */
  static final class Told implements StreamObserver<String> {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    String take() throws InterruptedException {
      String next = told.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("what the application is told").isNotNull();
      return requireNonNull(next);
    }

    @Override
    public void onNext(String message) {
      told.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      told.add(Status.fromThrowable(failure).getCode().name());
    }

    @Override
    public void onCompleted() {
      told.add("OK");
    }
  }
}
