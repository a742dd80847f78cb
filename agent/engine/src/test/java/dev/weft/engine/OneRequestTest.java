package dev.weft.engine;

import static dev.weft.engine.TestRequest.get;
import static dev.weft.engine.TestRequest.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Directive;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.Outcome;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of one request through all steps. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class OneRequestTest {

  @Test
  void sendsToAnEndpointOfTheUpstream() {
    TestMesh mesh = new TestMesh().service(1);
    OutboundCall call = mesh.open(get("/reviews/1"));
    Directive first = call.start();
    assertThat(first.kind()).isEqualTo(Directive.Kind.SEND);
    assertThat(first.delayNanos()).isZero();
    assertThat(first.attempt().endpoint().socketAddress().getAddress().getHostAddress())
        .isEqualTo("10.0.0.1");
    assertThat(first.attempt().endpoint().port()).isEqualTo(8080);
    assertThat(first.attempt().number()).isEqualTo(1);
    assertThat(first.attempt().path()).isNull();
    assertThat(first.attempt().authority()).isNull();
  }

  @Test
  void deliversTheResponseAndRecordsTheRequest() {
    TestMesh mesh = new TestMesh().service(1);
    OutboundCall call = mesh.open(get("/reviews/1"));
    call.start();
    mesh.pass(5 * TestMesh.MS);
    assertThat(call.onResponse(response(200)).kind()).isEqualTo(Directive.Kind.DELIVER);
    call.close(Outcome.COMPLETED, 200, null);
    call.close(Outcome.FAILED, 0, null);
    CallRecord record = mesh.taken();
    assertThat(record.side).isEqualTo(CallRecord.Side.OUTBOUND);
    assertThat(record.status).isEqualTo(200);
    assertThat(record.flags).isEqualTo("-");
    assertThat(record.route).isEqualTo("primary");
    assertThat(record.attempts).isEqualTo(1);
    assertThat(record.durationNanos).isEqualTo(5 * TestMesh.MS);
    assertThat(record.peer.workload).isEqualTo("reviews-1");
  }
}
