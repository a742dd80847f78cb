package dev.weft.instrumentation.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.instrumentation.grpc.NotGrpcServer.Answer;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.FakeEngine.GrpcEnd;
import dev.weft.transport.Endpoint;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call that is answered by something which is not gRPC ends as gRPC has it for HTTP. */
abstract class NotGrpcContract extends GrpcFixture {

  private static final String GRPC = "application/grpc";

  private @Nullable NotGrpcServer proxyOrNull;

  @BeforeEach
  final void startProxy() {
    proxyOrNull = new NotGrpcServer();
  }

  @AfterEach
  final void stopProxy() {
    proxy().close();
  }

  private NotGrpcServer proxy() {
    return requireNonNull(proxyOrNull);
  }

  /** Sends one call there, and takes what the mesh and the application are told of it. */
  private Status end(Answer answer, int http, Code code) throws Exception {
    proxy().answer(answer);
    engine().call(FakeEngine.send(proxy().endpoint()));
    Status status = failure("x");
    assertThat(status.getCode()).as("%s", status).isEqualTo(code);
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().status()).isEqualTo(http);
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, code.value(), 1, 0));
    assertClosed(Outcome.COMPLETED, http);
    return status;
  }

  @Test
  final void endsACallByTheStatusOfHttp() throws Exception {
    assertThat(end(Answer.page(503), 503, Code.UNAVAILABLE).getDescription())
        .contains("503", "text/html", "Sorry: 503");
    for (int gateway : new int[] {502, 504, 429}) {
      end(Answer.page(gateway), gateway, Code.UNAVAILABLE);
    }
    end(Answer.page(400), 400, Code.INTERNAL);
    end(Answer.page(401), 401, Code.UNAUTHENTICATED);
    end(Answer.page(403), 403, Code.PERMISSION_DENIED);
    end(Answer.page(404), 404, Code.UNIMPLEMENTED);
    end(Answer.page(500), 500, Code.UNKNOWN);
    assertThat(proxy().connections()).as("connections").isEqualTo(1);
  }

  @Test
  final void endsACallByAnAnswerWithoutTypeOrBody() throws Exception {
    end(Answer.of(503, null, null), 503, Code.UNAVAILABLE);
    end(Answer.of(503, "text/html", null), 503, Code.UNAVAILABLE);
    end(Answer.of(503, null, "away"), 503, Code.UNAVAILABLE);
    end(Answer.of(503, "text/plain", "long ".repeat(5_000)), 503, Code.UNAVAILABLE);
  }

  @Test
  final void endsACallByAnAnswerThatIsNoErrorForHttp() throws Exception {
    proxy().answer(Answer.page(200));
    engine().call(FakeEngine.send(proxy().endpoint()));
    assertThat(failure("x").getCode()).isEqualTo(Code.UNKNOWN);
    int call = engine().takeOpened().call();
    FakeEngine.Response seen = engine().takeResponse();
    assertThat(seen.status()).isEqualTo(200);
    assertThat(seen.grpcStatus()).as("what outlier detection sees").isEqualTo("2");
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 2, 1, 0));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void endsACallByAnAnswerOfGrpcThatHasNoStatus() throws Exception {
    // What gRPC takes for it is all that is left of the answer.
    proxy().answer(Answer.of(503, GRPC, null)).answer(Answer.of(200, GRPC, null));
    engine().call(FakeEngine.send(proxy().endpoint()));
    assertThat(failure("x").getCode()).isEqualTo(Code.UNAVAILABLE);
    assertEnded(14);
    engine().call(FakeEngine.send(proxy().endpoint()));
    assertThat(failure("x").getCode()).isEqualTo(Code.UNKNOWN);
    assertEnded(2);
  }

  private void assertEnded(int code) throws Exception {
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().grpcStatus()).isEqualTo(Integer.toString(code));
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, code, 1, 0));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void endsACallByTrailersWithoutAStatus() throws Exception {
    proxy()
        .answer(
            new Answer(
                new DefaultHttp2Headers().status("200").set("content-type", GRPC),
                null,
                new DefaultHttp2Headers().set("x-proxy", "here")));
    engine().call(FakeEngine.send(proxy().endpoint()));
    assertThat(failure("x").getCode()).isEqualTo(Code.UNKNOWN);
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().grpcStatus()).isNull();
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 2, 1, 0));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void countsAnAnswerThatBreaksOffBeforeItsTrailersAsAFailure() throws Exception {
    proxy().answer(Answer.of(200, GRPC, ""));
    engine().call(FakeEngine.send(proxy().endpoint()));
    assertThat(failure("x").getCode()).isEqualTo(Code.INTERNAL);
    int call = engine().takeOpened().call();
    engine().takeResponse();
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, -1, 1, 0));
    assertClosed(Outcome.FAILED, 200);
  }

  @Test
  final void sendsAgainWhatWasAnsweredByAProxy() throws Exception {
    proxy().answer(Answer.page(503));
    engine().call(FakeEngine.send(proxy().endpoint()), FakeEngine.send(b().endpoint()));
    assertThat(echo(channel(), "x")).isEqualTo("b x");
    int call = engine().takeOpened().call();
    assertThat(engine().takeResponse().status()).isEqualTo(503);
    assertThat(engine().takeResponse().status()).isEqualTo(200);
    assertThat(engine().takeGrpcEnd()).isEqualTo(new GrpcEnd(call, 0, 1, 1));
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void sendsAStreamAgainThatWasAnsweredByAProxy() throws Exception {
    proxy().answer(Answer.page(502));
    engine().call(FakeEngine.send(proxy().endpoint()), FakeEngine.send(b().endpoint()));
    CompletableFuture<String> answer = new CompletableFuture<>();
    StreamObserver<String> requests =
        ClientCalls.asyncClientStreamingCall(
            channel().newCall(Sample.COLLECT, CallOptions.DEFAULT),
            GrpcClientContract.observer(answer));
    requests.onNext("12");
    requests.onNext("345");
    requests.onCompleted();
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("b 2 of 5");
    engine().takeOpened();
    assertThat(engine().takeResponse().status()).isEqualTo(502);
    engine().takeResponse();
    engine().takeGrpcEnd();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  final void tellsAStreamOfResponsesOfTheProxy() throws Exception {
    proxy().answer(Answer.page(504));
    engine().call(FakeEngine.send(proxy().endpoint()));
    Iterator<String> answers =
        ClientCalls.blockingServerStreamingCall(channel(), Sample.LIST, CallOptions.DEFAULT, "2");
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, answers::hasNext);
    assertThat(requireNonNull(failure).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    engine().takeOpened();
    assertThat(engine().takeResponse().status()).isEqualTo(504);
    assertThat(engine().takeGrpcEnd().status()).isEqualTo(14);
    assertClosed(Outcome.COMPLETED, 504);
  }

  /** What speaks no HTTP/2 at all is no place to go to. */
  @Test
  final void sendsElsewhereWhereOnlyHttp1IsSpoken() throws Exception {
    Thread server;
    try (ServerSocket old = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      server = new Thread(() -> answerHttp1(old), "http1");
      server.start();
      Endpoint endpoint =
          new Endpoint("old.weft", old.getInetAddress().getAddress(), old.getLocalPort(), false);
      engine().call(FakeEngine.send(endpoint), FakeEngine.send(b().endpoint()));
      assertThat(echo(channel(), "x")).isEqualTo("b x");
      engine().takeOpened();
      assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.CONNECT);
      engine().takeResponse();
      engine().takeGrpcEnd();
      assertClosed(Outcome.COMPLETED, 200);
    }
    server.join(10_000);
    assertThat(server.isAlive()).isFalse();
  }

  private static void answerHttp1(ServerSocket old) {
    while (true) {
      try (Socket accepted = old.accept()) {
        InputStream in = accepted.getInputStream();
        if (in.read(new byte[1024]) > 0) {
          OutputStream out = accepted.getOutputStream();
          out.write(
              "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\naway"
                  .getBytes(StandardCharsets.US_ASCII));
          out.flush();
        }
        while (in.read(new byte[1024]) >= 0) {
          // Until the client has enough of it, so that nothing is reset before it is read.
        }
      } catch (java.io.IOException e) {
        if (old.isClosed()) {
          return;
        }
      }
    }
  }
}
