package dev.weft.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Outcome;
import dev.weft.transport.TransportSecurity;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * What each test of the contract starts with: a scripted engine, two upstreams {@code a} and {@code
 * b}, and a client of the library. What each must end with: every report taken.
 */
@Timeout(20)
public abstract class OutboundFixture {

  /** A host that resolves nowhere, so that a request that arrives proves the redirect. */
  static final String ORDERS = "http://orders.invalid";

  private @Nullable FakeEngine engineOrNull;
  private @Nullable ScriptedUpstream aOrNull;
  private @Nullable ScriptedUpstream bOrNull;
  private @Nullable TestClient clientOrNull;

  /** Makes a client of the library; called once per test, after the engine is in place. */
  protected abstract TestClient newClient() throws Exception;

  /** What the library cannot do, each with the reason; also in {@code adapter.yaml}. */
  protected Map<Limit, String> limits() {
    return Map.of();
  }

  /** Who owns TLS in these tests. */
  TransportSecurity transport() {
    return TransportSecurity.PLAINTEXT;
  }

  @BeforeEach
  public final void open() throws Exception {
    engineOrNull = FakeEngine.install(transport());
    engine()
        .routes("orders.invalid:80")
        .routes("orders.invalid:8080")
        .routes("payments.invalid:80");
    aOrNull = ScriptedUpstream.start("a");
    bOrNull = ScriptedUpstream.start("b");
    clientOrNull = newClient();
  }

  @AfterEach
  public final void close() throws Exception {
    if (clientOrNull != null) {
      clientOrNull.close();
    }
    a().close();
    b().close();
    engine().close();
    engine().assertNothingLeft();
  }

  final FakeEngine engine() {
    return requireNonNull(engineOrNull);
  }

  final ScriptedUpstream a() {
    return requireNonNull(aOrNull);
  }

  final ScriptedUpstream b() {
    return requireNonNull(bOrNull);
  }

  final TestClient client() {
    return requireNonNull(clientOrNull);
  }

  final ClientResponse send(ClientRequest request) throws Exception {
    return client().send(request);
  }

  /** Sends, reads the body to its end and takes the reports of a call with one good attempt. */
  final String exchange(ClientRequest request) throws Exception {
    String text = send(request).text();
    engine().takeOpened();
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
    return text;
  }

  final void assertClosed(Outcome outcome, int status) throws InterruptedException {
    FakeEngine.Closed closed = engine().takeClosed();
    assertThat(closed.outcome()).as("outcome of %s", closed).isEqualTo(outcome);
    assertThat(closed.status()).as("status of %s", closed).isEqualTo(status);
  }

  /** Skips the test, with the adapter's reason, where the library has this limit. */
  final void needs(Limit limit) {
    String reason = limits().get(limit);
    Assumptions.assumeTrue(reason == null, () -> limit + ": " + reason);
  }

  /** How often a request is sent where the library sends twice by itself. */
  final int sendings() {
    return limits().containsKey(Limit.RESENDS_ONCE) ? 2 : 1;
  }

  /** A body that does not fit into any buffer between two sockets. */
  static byte[] bigBody() {
    byte[] body = new byte[16 << 20];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31);
    }
    return body;
  }

  static void assertFails(IoCall call) {
    org.assertj.core.api.Assertions.assertThatThrownBy(call::run).isInstanceOf(Exception.class);
  }

  /** Something that the library should refuse. */
  interface IoCall {
    void run() throws Exception;
  }

  /** Reads {@code length} bytes, fewer only at the end. */
  static byte[] readSome(ClientResponse response, int length) throws IOException {
    return response.body().readNBytes(length);
  }
}
