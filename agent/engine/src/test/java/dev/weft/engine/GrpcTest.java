package dev.weft.engine;

import static dev.weft.engine.TestRequest.grpc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.inbound.InboundCall;
import dev.weft.model.OutlierDetection;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.Outcome;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the engine makes of the end of a gRPC exchange. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class GrpcTest {

  private static OutboundResponse trailersOnly(String grpcStatus) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return 200;
      }

      @Override
      public @Nullable String header(String name) {
        return name.equals("grpc-status") ? grpcStatus : null;
      }
    };
  }

  @Test
  void recordsTheStatusOfTheTrailersAndTheMessages() {
    TestMesh mesh = new TestMesh().service(1);
    OutboundCall call = mesh.open(grpc("/a.B/c"));
    call.start();
    call.onResponse(TestRequest.response(200));
    call.onGrpcEnd(5, 3, 7);
    call.close(Outcome.COMPLETED, 200, null);
    CallRecord record = mesh.taken();
    assertThat(record.grpcStatus).isEqualTo(5);
    assertThat(record.requestMessages).isEqualTo(3);
    assertThat(record.responseMessages).isEqualTo(7);
  }

  @Test
  void recordsTheStatusThatAnAnswerMeansWhichIsNotGrpc() {
    TestMesh mesh = new TestMesh().service(1);
    OutboundCall call = mesh.open(grpc("/a.B/c"));
    call.start();
    call.onResponse(TestRequest.response(503));
    call.close(Outcome.COMPLETED, 503, null);
    CallRecord record = mesh.taken();
    assertThat(record.status).isEqualTo(503);
    assertThat(record.grpcStatus).isEqualTo(14);
  }

  @Test
  void takesAnEndpointOutByAnswersThatAreNotGrpc() {
    OutlierDetection detection = OutlierDetection.builder().consecutiveGatewayErrors(3).build();
    TestMesh mesh =
        new TestMesh().service(2, upstream -> upstream.outlierDetection(detection), route -> route);
    for (int i = 0; i < 3; i++) {
      answerOfTheFirst(mesh, TestRequest.response(502 + i));
    }
    assertThat(mesh.engine.view().clusters().get(0).endpoints)
        .filteredOn(member -> member.ejected)
        .hasSize(1);
  }

  @Test
  void recordsTheSameOfACallThatArrived() {
    TestMesh mesh = new TestMesh();
    InboundCall call = mesh.engine.open(Arriving.at("/a.B/c").withMethod("POST"));
    call.onGrpcEnd(0, 3, 7);
    call.close(Outcome.COMPLETED, 200);
    CallRecord record = mesh.taken();
    assertThat(record.grpcStatus).isZero();
    assertThat(record.requestMessages).isEqualTo(3);
    assertThat(record.responseMessages).isEqualTo(7);
  }

  @Test
  void takesAnEndpointOutByTheStatusOfItsCalls() {
    OutlierDetection detection = OutlierDetection.builder().consecutive5xx(3).build();
    TestMesh mesh =
        new TestMesh().service(2, upstream -> upstream.outlierDetection(detection), route -> route);
    int[] statuses = {13, 14, 4};
    for (int i = 0; i < 3; i++) {
      answerOfTheFirst(mesh, trailersOnly(Integer.toString(statuses[i])));
    }
    assertThat(mesh.engine.view().clusters().get(0).endpoints)
        .filteredOn(member -> member.ejected)
        .hasSize(1);
  }

  @Test
  void doesNotTakeTheFaultOfACallerForThatOfAnEndpoint() {
    OutlierDetection detection = OutlierDetection.builder().consecutive5xx(3).build();
    TestMesh mesh =
        new TestMesh().service(2, upstream -> upstream.outlierDetection(detection), route -> route);
    for (String status : new String[] {"3", "5", "7", "16", "0", "5"}) {
      answerOfTheFirst(mesh, trailersOnly(status));
    }
    assertThat(mesh.engine.view().clusters().get(0).endpoints).noneMatch(m -> m.ejected);
  }

  private static void answerOfTheFirst(TestMesh mesh, OutboundResponse answer) {
    for (int i = 0; i < 100; i++) {
      OutboundCall call = mesh.open(grpc("/a.B/c"));
      String address = String.valueOf(call.start().attempt().endpoint().address().getHostAddress());
      boolean first = address.equals("10.0.0.1");
      call.onResponse(first ? answer : trailersOnly("0"));
      call.close(Outcome.COMPLETED, 200, null);
      if (first) {
        return;
      }
    }
    throw new AssertionError("10.0.0.1 was never picked");
  }
}
