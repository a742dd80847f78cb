package dev.weft.testkit;

import static dev.weft.testkit.ClientRequest.get;
import static dev.weft.testkit.ClientRequest.put;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.FailureKind;
import dev.weft.outbound.Outcome;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import dev.weft.transport.TransportSecurity.ServerTls;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every client makes true towards endpoints that take mutual TLS, whoever owns TLS in its
 * connections. Certificates are made in memory; {@code strict} takes mutual TLS only, {@code both}
 * takes plaintext on the same port as well.
 */
public abstract class MutualTlsContract extends OutboundFixture {

  private static final MeshCertificates MESH = new MeshCertificates();
  private static final String CALLER = "spiffe://mesh.test/ns/default/sa/caller";
  private static final String ORDERS_ID = "spiffe://mesh.test/ns/default/sa/orders";
  private static final String OTHER_ID = "spiffe://mesh.test/ns/default/sa/other";

  private @Nullable ClientTransport transportOrNull;
  private @Nullable ScriptedUpstream strictOrNull;
  private @Nullable ScriptedUpstream bothOrNull;

  @Override
  final TransportSecurity transport() {
    transportOrNull = new ClientTransport(MESH, CALLER);
    return transportOrNull;
  }

  @BeforeEach
  public final void openSecure() throws Exception {
    strictOrNull =
        ScriptedUpstream.start(
            "strict", new ServerTls(ServerTls.Mode.STRICT, MESH.context(ORDERS_ID)));
    bothOrNull =
        ScriptedUpstream.start(
            "both", new ServerTls(ServerTls.Mode.PERMISSIVE, MESH.context(ORDERS_ID)));
  }

  @AfterEach
  public final void closeSecure() throws Exception {
    strict().close();
    both().close();
  }

  private ClientTransport security() {
    return requireNonNull(transportOrNull);
  }

  private ScriptedUpstream strict() {
    return requireNonNull(strictOrNull);
  }

  private ScriptedUpstream both() {
    return requireNonNull(bothOrNull);
  }

  private Endpoint expecting(ScriptedUpstream upstream, String peerName, String identity) {
    Endpoint endpoint = upstream.endpoint(peerName, true);
    security().expect(endpoint, identity);
    return endpoint;
  }

  private void assertRefused(Endpoint endpoint) throws Exception {
    engine().call(FakeEngine.send(endpoint), FakeEngine.deliver());
    assertFails(() -> send(get(ORDERS + "/")));
    engine().takeOpened();
    assertThat(engine().takeFailure().kind())
        .as("nothing was sent: the request may go elsewhere")
        .isEqualTo(FailureKind.CONNECT);
    assertClosed(Outcome.FAILED, 0);
  }

  @Test
  public final void sendsThroughMutualTls() throws Exception {
    engine().call(FakeEngine.send(expecting(strict(), "orders", ORDERS_ID)));
    assertThat(exchange(put(ORDERS + "/", "secret"))).isEqualTo("strict");
    ReceivedRequest received = strict().takeRequest();
    assertThat(received.secure()).isTrue();
    assertThat(received.text()).isEqualTo("secret");
    assertThat(received.header("host")).startsWith("orders.invalid");
  }

  @Test
  public final void sendsALargeBodyBackThroughMutualTls() throws Exception {
    byte[] body = bigBody();
    UpstreamReply paused = UpstreamReply.pauseInBody(body);
    paused.release();
    strict().reply(paused);
    engine().call(FakeEngine.send(expecting(strict(), "orders", ORDERS_ID)));
    ClientResponse response = send(get(ORDERS + "/"));
    assertThat(response.body().readAllBytes()).isEqualTo(body);
    response.close();
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void reusesASecureConnection() throws Exception {
    Endpoint endpoint = expecting(strict(), "orders", ORDERS_ID);
    for (int i = 0; i < 5; i++) {
      engine().call(FakeEngine.send(endpoint));
      exchange(get(ORDERS + "/"));
    }
    assertThat(strict().connections()).isEqualTo(1);
  }

  @Test
  public final void refusesAPeerOfAnotherIdentity() throws Exception {
    assertRefused(expecting(strict(), "orders", OTHER_ID));
    assertThat(strict().waiting()).isZero();
  }

  @Test
  public final void refusesAPeerOfAnotherIdentityUnderASecondName() throws Exception {
    engine().call(FakeEngine.send(expecting(strict(), "orders", ORDERS_ID)));
    exchange(get(ORDERS + "/"));
    strict().forgetRequests();
    // The same address: neither the pooled connection nor the TLS session may serve it.
    assertRefused(expecting(strict(), "payments", OTHER_ID));
    assertThat(strict().waiting()).isZero();
  }

  @Test
  public final void refusesAPeerOfAnotherIdentityOnAResumedSession() throws Exception {
    Endpoint endpoint = expecting(strict(), "orders", ORDERS_ID);
    for (int i = 0; i < 2; i++) {
      strict().reply(UpstreamReply.ok("closing").header("Connection", "close").thenClose());
      engine().call(FakeEngine.send(endpoint));
      exchange(get(ORDERS + "/"));
      strict().awaitOpenConnections(0);
    }
    assertThat(security().looks()).as("the second connection resumed the session").isEqualTo(1);
    strict().forgetRequests();
    security().expect(endpoint, OTHER_ID);
    assertRefused(endpoint);
    assertThat(strict().waiting()).isZero();
  }

  @Test
  public final void refusesAPeerOfAnotherMesh() throws Exception {
    SSLContext others = new MeshCertificates().context(ORDERS_ID);
    try (ScriptedUpstream foreign =
        ScriptedUpstream.start("foreign", new ServerTls(ServerTls.Mode.STRICT, others))) {
      assertRefused(expecting(foreign, "orders", ORDERS_ID));
      assertThat(foreign.waiting()).isZero();
    }
  }

  @Test
  public final void refusesAPeerWhoseCertificateIsExpired() throws Exception {
    SSLContext over = MESH.expired(ORDERS_ID);
    try (ScriptedUpstream expired =
        ScriptedUpstream.start("expired", new ServerTls(ServerTls.Mode.STRICT, over))) {
      assertRefused(expecting(expired, "orders", ORDERS_ID));
      assertThat(expired.waiting()).isZero();
    }
  }

  @Test
  public final void asksForTheServerNameThatTheTransportGives() throws Exception {
    Endpoint endpoint = expecting(strict(), "orders", ORDERS_ID);
    security().askFor(endpoint, "orders.example.com");
    engine().call(FakeEngine.send(endpoint));
    exchange(get(ORDERS + "/"));
    assertThat(strict().serverNames()).containsExactly("orders.example.com");
  }

  @Test
  public final void refusesToSendPlaintextToAMutualTlsEndpoint() throws Exception {
    // It would be answered: only the client can refuse.
    assertRefused(both().endpoint("orders", true));
    assertThat(both().waiting()).isZero();
  }

  @Test
  public final void refusesAServerThatSpeaksPlaintextOnly() throws Exception {
    assertRefused(expecting(a(), "orders", ORDERS_ID));
    assertThat(a().waiting()).isZero();
  }

  @Test
  public final void sendsPlaintextAndMutualTlsToOnePort() throws Exception {
    Endpoint secure = expecting(both(), "orders", ORDERS_ID);
    Endpoint plain = both().endpoint("orders", false);
    for (int i = 0; i < 4; i++) {
      engine().call(FakeEngine.send(i % 2 == 0 ? secure : plain));
      assertThat(exchange(get(ORDERS + "/"))).isEqualTo("both");
      assertThat(both().takeRequest().secure()).isEqualTo(i % 2 == 0);
    }
    assertThat(both().connections()).isEqualTo(2);
  }

  @Test
  public final void sendsAgainElsewhereWhenTheIdentityIsWrong() throws Exception {
    engine()
        .call(
            FakeEngine.send(expecting(strict(), "wrong", OTHER_ID)),
            FakeEngine.send(expecting(both(), "right", ORDERS_ID)));
    assertThat(send(put(ORDERS + "/", "payload")).text()).isEqualTo("both");
    engine().takeOpened();
    engine().takeFailure();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void abortsASecureExchangeAtItsDeadline() throws Exception {
    strict().reply(UpstreamReply.hang());
    engine().call(FakeEngine.sendWithin(expecting(strict(), "orders", ORDERS_ID), 1000));
    assertFails(() -> send(get(ORDERS + "/")));
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    assertClosed(Outcome.FAILED, 0);
    strict().awaitOpenConnections(0);
  }
}
