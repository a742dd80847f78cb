package dev.weft.control.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against an issuer on loopback, which a test allows or not. */
@Timeout(60)
final class KeyClientTest {

  private static final String HOST = "issuer.example";

  private final AtomicInteger lookups = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final KeyClient open = client(List.of("127.0.0.0/8"));
  private final KeyClient strict = client(List.of());
  private Server issuer = Server.builder().service("/", (c, r) -> HttpResponse.of(200)).build();
  private String keys = "";

  @BeforeEach
  void serve() throws Exception {
    keys = "{\"keys\":[" + KeySetsTest.publicKey("a") + "]}";
    issuer =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .gracefulShutdownTimeoutMillis(0, 0)
            .decorator(
                (delegate, context, request) -> {
                  asked.incrementAndGet();
                  return delegate.serve(context, request);
                })
            .service("/keys", (c, r) -> HttpResponse.of(MediaType.JSON, keys))
            .service(
                "/host",
                (c, r) ->
                    HttpResponse.of(
                        r.authority().startsWith(HOST) ? keys : "asked as " + r.authority()))
            .service("/large", (c, r) -> HttpResponse.of("x".repeat(KeyClient.MAX_BYTES + 1)))
            .service("/html", (c, r) -> HttpResponse.of("<html>"))
            .service("/gone", (c, r) -> HttpResponse.of(HttpStatus.NOT_FOUND))
            .service("/silent", (c, r) -> HttpResponse.of(new CompletableFuture<>()))
            .service(
                "/redirect",
                (c, r) ->
                    HttpResponse.of(
                        ResponseHeaders.of(
                            HttpStatus.FOUND, HttpHeaderNames.LOCATION, "http://127.0.0.1/keys")))
            .service(
                "/tenant" + KeyClient.DISCOVERY,
                (c, r) -> HttpResponse.of(MediaType.JSON, discovery(uri("/keys"))))
            .service(
                "/inside" + KeyClient.DISCOVERY,
                (c, r) -> HttpResponse.of(MediaType.JSON, discovery("http://192.168.0.1/keys")))
            .service(
                "/empty" + KeyClient.DISCOVERY, (c, r) -> HttpResponse.of(MediaType.JSON, "{}"))
            .build();
    issuer.start().join();
  }

  @AfterEach
  void stop() {
    open.close();
    strict.close();
    issuer.stop().join();
  }

  @Test
  void fetchesAKeySetByItsName() throws Exception {
    assertThat(open.fetch(uri("/host"))).contains("\"kid\":\"a\"");
  }

  @Test
  void looksANameUpOnceAndConnectsThere() throws Exception {
    assertThat(open.fetch(uri("/keys"))).contains("\"kid\":\"a\"");
    assertThat(lookups).hasValue(1);
  }

  @Test
  void followsADiscoveryDocument() throws Exception {
    assertThat(open.fetch(uri("/tenant" + KeyClient.DISCOVERY))).contains("\"kid\":\"a\"");
  }

  @Test
  void addressThatADiscoveryDocumentNamesIsCheckedToo() {
    assertThat(problem(open, uri("/inside" + KeyClient.DISCOVERY)))
        .startsWith("its jwks_uri http://192.168.0.1/keys: 192.168.0.1 is not a public address");
    assertThat(problem(open, uri("/empty" + KeyClient.DISCOVERY))).startsWith("no jwks_uri in it");
  }

  @Test
  void privateAddressIsNotAskedUnlessAllowed() {
    assertThat(problem(strict, uri("/keys")))
        .isEqualTo(
            "issuer.example is not a public address (127.0.0.1); it is not asked"
                + " (hint: weft.jwksAllowedCidrs in the mesh configuration)");
    for (String host :
        List.of(
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]")) {
      assertThat(problem(strict, "http://" + host + ":" + issuer.activeLocalPort() + "/keys"))
          .as(host)
          .contains("is not a public address");
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void publicAddressesMayBeAsked() throws Exception {
    AddressRules rules = new AddressRules(List.of());
    for (String address : List.of("8.8.8.8", "140.82.121.4", "2606:4700:4700::1111")) {
      assertThat(rules.mayFetchFrom(InetAddress.getAllByName(address)[0])).as(address).isTrue();
    }
  }

  @Test
  void redirectIsRefusedAndNamed() {
    assertThat(problem(open, uri("/redirect")))
        .isEqualTo(
            "answers 302 to http://127.0.0.1/keys (expected: 200; redirects are not followed)");
  }

  @Test
  void saysWhyThereAreNoKeys() {
    assertThat(problem(open, uri("/gone"))).isEqualTo("answers 404 (expected: 200)");
    assertThat(problem(open, uri("/html"))).startsWith("not a JSON object");
    assertThat(problem(open, uri("/large"))).isEqualTo("more than 524288 bytes");
    assertThat(problem(open, uri("/silent"))).isEqualTo("no answer in time");
    assertThat(problem(open, "https://unknown.example/")).isEqualTo("unknown host unknown.example");
    assertThat(problem(open, "http://" + HOST + ":1/keys")).isEqualTo("connection refused");
    assertThat(problem(open, uri("/keys").replace("http:", "https:"))).isNotEmpty();
    for (String wrong : List.of("file:///etc/passwd", "issuer", "http://a@b/", "ftp://a/", "::")) {
      assertThatThrownBy(() -> open.fetch(wrong))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("expected: https://host/path");
    }
  }

  private static String discovery(String keysUri) {
    return "{\"issuer\":\"x\",\"jwks_uri\":\"" + keysUri + "\"}";
  }

  private String uri(String path) {
    return "http://" + HOST + ":" + issuer.activeLocalPort() + path;
  }

  private static String problem(KeyClient client, String uri) {
    FetchException problem = catchThrowableOfType(FetchException.class, () -> client.fetch(uri));
    assertThat(problem).as(uri).isNotNull();
    return String.valueOf(problem.getMessage());
  }

  private KeyClient client(List<String> allowed) {
    return new KeyClient(
        new AddressRules(allowed),
        this::lookUp,
        ClientFactory.builder().connectTimeout(Duration.ofSeconds(2)).build(),
        Duration.ofSeconds(1));
  }

  /** The name is known here only: were it looked up elsewhere, nothing would be found. */
  private InetAddress[] lookUp(String host) throws UnknownHostException {
    if (host.equals("unknown.example")) {
      throw new UnknownHostException(host);
    }
    if (!host.equals(HOST)) {
      return InetAddress.getAllByName(host);
    }
    lookups.incrementAndGet();
    return new InetAddress[] {InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})};
  }
}
