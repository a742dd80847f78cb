package dev.weft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class InboundTest {

  private static InboundRequest request(@Nullable String peer) {
    return new InboundRequest() {
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
        return "reviews:9080";
      }

      @Override
      public String path() {
        return "/reviews/1";
      }

      @Override
      public @Nullable String header(String name) {
        if ("broken".equals(peer)) {
          throw new IllegalStateException("this view is broken");
        }
        return name.equals("x-weft-peer") ? peer : null;
      }

      @Override
      public @Nullable InetSocketAddress peerAddress() {
        return null;
      }

      @Override
      public int localPort() {
        return 9080;
      }
    };
  }

  private static CallRecord.Peer peer(@Nullable String header) {
    TestMesh mesh = new TestMesh();
    mesh.engine.open(request(header)).close(Outcome.COMPLETED, 200);
    return mesh.taken().peer;
  }

  @Test
  void permitsAndRecords() {
    TestMesh mesh = new TestMesh();
    InboundCall call = mesh.engine.open(request("web-1;shop;web;v7"));
    assertThat(call.reply()).isNull();
    mesh.pass(3 * TestMesh.MS);
    call.close(Outcome.COMPLETED, 201);
    call.close(Outcome.COMPLETED, 201);
    CallRecord record = mesh.taken();
    assertThat(record.side).isEqualTo(CallRecord.Side.INBOUND);
    assertThat(record.status).isEqualTo(201);
    assertThat(record.path).isEqualTo("/reviews/1");
    assertThat(record.flags).isEqualTo("-");
    assertThat(record.durationNanos).isEqualTo(3 * TestMesh.MS);
    assertThat(record.peer.workload).isEqualTo("web-1");
    assertThat(record.peer.namespace).isEqualTo("shop");
    assertThat(record.peer.canonicalService).isEqualTo("web");
    assertThat(record.peer.canonicalRevision).isEqualTo("v7");
    assertThat(record.peer.principal).isEmpty();
  }

  @Test
  void flagsACallerThatWentAway() {
    TestMesh mesh = new TestMesh();
    mesh.engine.open(request(null)).close(Outcome.CANCELLED, 0);
    assertThat(mesh.taken().flags).isEqualTo("DC");
  }

  @Test
  void readsWhatTheOtherSideWrote() {
    Workload odd = new Workload("s", "ns;1", "w%\u00e9 ,", "", "v\n2", Map.of(), "");
    CallRecord.Peer peer = peer(PeerHeader.of(odd));
    assertThat(PeerHeader.of(odd)).matches("[!-~]*");
    assertThat(peer.workload).isEqualTo("w%\u00e9 ,");
    assertThat(peer.namespace).isEqualTo("ns;1");
    assertThat(peer.canonicalService).isEmpty();
    assertThat(peer.canonicalRevision).isEqualTo("v\n2");
  }

  @Test
  void takesWhatIsMalformedForUnknown() {
    assertThat(peer(null)).isSameAs(CallRecord.Peer.UNKNOWN);
    assertThat(peer("a;b;c")).isSameAs(CallRecord.Peer.UNKNOWN);
    assertThat(peer("x".repeat(2_000))).isSameAs(CallRecord.Peer.UNKNOWN);
    assertThat(peer("%zzzz;%00;c;d").workload).isEmpty();
  }

  @Test
  void permitsWhenAViewFails() {
    TestMesh mesh = new TestMesh();
    InboundCall call = mesh.engine.open(request("broken"));
    assertThat(call.reply()).isNull();
    call.close(Outcome.COMPLETED, 200);
  }
}
