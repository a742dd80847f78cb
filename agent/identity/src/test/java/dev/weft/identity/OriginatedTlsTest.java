package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.engine.ExpectedPeer;
import dev.weft.identity.TestAuthority.Wish;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.model.Upstream;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which servers outside of the mesh are believed, and what they are shown. */
@Timeout(120)
class OriginatedTlsTest {

  private static final String HOST = "api.example.com";
  private static final String PEER = "api.example.com.443-tls-1.g0.tls.weft";
  private static final List<String> PROTOCOLS = Arrays.asList("TLSv1.2", "TLSv1.3");

  private final TestAuthority root = TestAuthority.root();
  private final FakeTimer timer = new FakeTimer();
  private final List<String> lines = new ArrayList<>();
  private final Map<String, ExpectedPeer> expected = new ConcurrentHashMap<>();
  private final MeshTransport client =
      new MeshTransport(
          new WorkloadIdentity(timer, expected::get, lines::add),
          port -> MutualTls.PERMISSIVE,
          lines::add);

  @TempDir Path dir;

  private Path write(String name, String text) throws IOException {
    return Files.write(dir.resolve(name), text.getBytes(StandardCharsets.US_ASCII));
  }

  private Upstream.Builder simple() throws IOException {
    Path roots = write("roots.pem", TestAuthority.pem(root.certificate));
    return Upstream.builder()
        .name("outbound|443||" + HOST)
        .service(HOST)
        .port(443)
        .tlsMode(Upstream.TlsMode.SIMPLE)
        .caCertificates(roots.toString());
  }

  private Upstream.Builder mutual(String certificate, String key) throws IOException {
    return simple()
        .tlsMode(Upstream.TlsMode.MUTUAL)
        .clientCertificate(write("client.pem", certificate).toString())
        .privateKey(write("client.key", key).toString());
  }

  private String certificateOf(KeyPair key) {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate each : root.chain(key.getPublic(), new Wish().dns("client"))) {
      pem.append(TestAuthority.pem(each));
    }
    return pem.toString();
  }

  private static String pkcs8(PrivateKey key) {
    return Pem.encode("PRIVATE KEY", key.getEncoded());
  }

  private ClientTls tls(Upstream.Builder upstream) {
    ClientTls tls = ask(upstream);
    if (tls == null) {
      throw new AssertionError("no TLS: " + lines);
    }
    return tls;
  }

  private @Nullable ClientTls ask(Upstream.Builder upstream) {
    expected.put(PEER, new ExpectedPeer(upstream.build(), Collections.<String>emptySet()));
    return client.client(PEER);
  }

  /** A server that takes any client. */
  private static SSLContext serving(TestAuthority by, Wish own) throws Exception {
    OwnKey key = OwnKey.generate();
    return Contexts.of(
        new OwnKeyManager(
            key.privateKey(), by.chain(key.publicKey(), own).toArray(new X509Certificate[0])),
        (chain, role, peerHost) -> {});
  }

  private static Wire open(ClientTls tls, SSLContext server, String protocol, boolean mutual)
      throws Exception {
    Wire wire = Wire.open(tls.context(), PEER, tls.serverName(), server, protocol, mutual);
    tls.verify(wire.client.getSession());
    return wire;
  }

  private void taken(Upstream.Builder upstream, SSLContext server) throws Exception {
    ClientTls tls = tls(upstream);
    for (String protocol : PROTOCOLS) {
      try (Wire wire = open(tls, server, protocol, false)) {
        assertThat(wire.client.getSession().getProtocol()).isEqualTo(protocol);
        assertThat(wire.works()).isTrue();
      }
    }
  }

  private void refused(Upstream.Builder upstream, SSLContext server, String reason) {
    ClientTls tls = tls(upstream);
    for (String protocol : PROTOCOLS) {
      assertThatThrownBy(() -> open(tls, server, protocol, false).close())
          .as(protocol)
          .isInstanceOf(SSLException.class)
          .satisfies(failure -> assertThat(messages(failure)).contains(reason));
    }
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      all.append(each.getMessage()).append('\n');
    }
    return all.toString();
  }

  private static Set<String> names(String... names) {
    return new LinkedHashSet<>(Arrays.asList(names));
  }

  @Test
  void believesACertificateForTheService() throws Exception {
    taken(simple(), serving(root, new Wish().dns("other.example.com").dns(HOST)));
    taken(simple(), serving(root, new Wish().dns("API.Example.COM")));
    taken(simple(), serving(root.intermediate(), new Wish().dns(HOST)));
    assertThat(lines).isEmpty();
  }

  @Test
  void refusesACertificateForSomebodyElse() throws Exception {
    String reason = "(expected: api.example.com)";
    refused(simple(), serving(root, new Wish().dns("other.example.com")), reason);
    refused(simple(), serving(root, new Wish().dns("api.example.com.evil.org")), reason);
    refused(simple(), serving(root, new Wish().uri("https://api.example.com")), reason);
    refused(simple(), serving(root, new Wish()), "certificate for []");
  }

  @Test
  void takesAWildcardForTheWholeOfTheFirstLabelOnly() throws Exception {
    taken(simple(), serving(root, new Wish().dns("*.example.com")));
    taken(simple(), serving(root, new Wish().dns("*.EXAMPLE.com")));
    for (String pattern : Arrays.asList("*.com", "api.*.com", "a*.example.com", "*")) {
      refused(simple(), serving(root, new Wish().dns(pattern)), "(expected: api.example.com)");
    }
    SSLContext wildcard = serving(root, new Wish().dns("*.example.com"));
    refused(simple().service("example.com"), wildcard, "(expected: example.com)");
    refused(simple().service("a.b.example.com"), wildcard, "(expected: a.b.example.com)");
    refused(simple().service("com"), serving(root, new Wish().dns("*.com")), "(expected: com)");
  }

  @Test
  void knowsAnAddressByItsAddressOnly() throws Exception {
    Upstream.Builder address = simple().service("10.1.2.3");
    taken(address, serving(root, new Wish().ip("10.1.2.3")));
    refused(address, serving(root, new Wish().ip("10.1.2.4")), "(expected: 10.1.2.3)");
    refused(address, serving(root, new Wish().dns("10.1.2.3")), "(expected: 10.1.2.3)");
    refused(address, serving(root, new Wish().dns("*.1.2.3")), "(expected: 10.1.2.3)");
  }

  @Test
  void asksForTheServiceOrForSniAndExpectsThat() throws Exception {
    SSLContext service = serving(root, new Wish().dns(HOST));
    SSLContext other = serving(root, new Wish().dns("other.example.org"));
    taken(simple().sni("other.example.org"), other);
    refused(simple().sni("other.example.org"), service, "(expected: other.example.org)");
    for (String protocol : PROTOCOLS) {
      try (Wire wire = open(tls(simple()), service, protocol, false)) {
        assertThat(asked(wire)).isEqualTo(HOST);
      }
      try (Wire wire = open(tls(simple().sni("other.example.org")), other, protocol, false)) {
        assertThat(asked(wire)).isEqualTo("other.example.org");
      }
    }
    assertThat(tls(simple()).serverName()).isEqualTo(HOST);
    assertThat(tls(simple().service("10.0.0.1")).serverName()).isNull();
    assertThat(tls(simple().service("*.example.com")).serverName()).isNull();
  }

  private static String asked(Wire wire) {
    return ((SNIHostName)
            ((ExtendedSSLSession) wire.server.getSession()).getRequestedServerNames().get(0))
        .getAsciiName();
  }

  @Test
  void expectsOneOfTheSubjectAltNamesInsteadOfTheHost() throws Exception {
    Upstream.Builder named =
        simple().subjectAltNames(names("spiffe://partner/api", "Gate.Example.org", "10.9.8.7"));
    taken(named, serving(root, Wish.of("spiffe://partner/api")));
    taken(named, serving(root, new Wish().dns("gate.example.org")));
    taken(named, serving(root, new Wish().dns("GATE.example.org")));
    taken(named, serving(root, new Wish().dns("*.example.org")));
    taken(named, serving(root, new Wish().ip("10.9.8.7")));
    refused(named, serving(root, new Wish().dns(HOST)), "certificate for [api.example.com]");
    refused(named, serving(root, Wish.of("spiffe://partner/API")), "spiffe://partner/API");
    refused(named, serving(root, new Wish().dns("*.9.8.7")), "certificate for [*.9.8.7]");
    assertThat(tls(named).serverName()).isEqualTo(HOST);
  }

  @Test
  void refusesAnUnknownRoot() throws Exception {
    SSLContext unknown = serving(TestAuthority.root(), new Wish().dns(HOST));
    refused(simple(), unknown, "PKIX path");
    // The JVM's roots do not know that of the test either.
    refused(simple().caCertificates(""), serving(root, new Wish().dns(HOST)), "PKIX path building");
  }

  @Test
  void believesAnyRootOfTheFile() throws Exception {
    TestAuthority second = TestAuthority.root();
    Upstream.Builder upstream = simple();
    write("roots.pem", TestAuthority.pem(root.certificate) + TestAuthority.pem(second.certificate));
    taken(upstream, serving(root, new Wish().dns(HOST)));
    taken(upstream, serving(second, new Wish().dns(HOST)));
  }

  @Test
  void refusesACertificateOutOfItsTimeOrUse() throws Exception {
    refused(simple(), serving(root, new Wish().dns(HOST).life(-5000, -4000)), "NotAfter");
    refused(simple(), serving(root, new Wish().dns(HOST).life(60_000, 120_000)), "NotBefore");
    refused(
        simple(),
        serving(root, new Wish().dns(HOST).onlyFor(KeyPurposeId.id_kp_clientAuth)),
        "Extended key usage");
  }

  @Test
  void looksAgainAtASessionThatIsResumedLater() throws Exception {
    ClientTls tls = tls(simple());
    try (Wire wire = open(tls, serving(root, new Wish().dns(HOST)), "TLSv1.3", false)) {
      timer.jump(2 * TestAuthority.HOUR);
      assertThatThrownBy(() -> tls.verify(wire.client.getSession()))
          .isInstanceOf(SSLPeerUnverifiedException.class)
          .hasMessageContaining("NotAfter");
    }
  }

  @Test
  void takesAnyCertificateWhereVerificationIsSkipped() throws Exception {
    Upstream.Builder any = simple().caCertificates("").insecureSkipVerify(true);
    taken(any, serving(TestAuthority.root(), new Wish().dns("other.example.com")));
    taken(any, serving(root, new Wish().life(-5000, -4000)));
  }

  @Test
  void handshakesAsAnEngine() throws Exception {
    ClientTls tls = tls(simple());
    SSLEngine engine = tls.context().createSSLEngine(PEER, 443);
    engine.setUseClientMode(true);
    handshake(engine, serving(root, new Wish().dns(HOST)).createSSLEngine());
    tls.verify(engine.getSession());
    SSLEngine misled = tls.context().createSSLEngine(PEER, 443);
    misled.setUseClientMode(true);
    SSLContext other = serving(root, new Wish().dns("other.example.com"));
    assertThatThrownBy(() -> handshake(misled, other.createSSLEngine()))
        .isInstanceOf(SSLException.class)
        .satisfies(failure -> assertThat(messages(failure)).contains("(expected: " + HOST));
  }

  private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    server.setUseClientMode(false);
    ByteBuffer toServer = ByteBuffer.allocate(100_000);
    ByteBuffer toClient = ByteBuffer.allocate(100_000);
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < 100 && !(isDone(client) && isDone(server)); i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    assertThat(isDone(client) && isDone(server)).as("handshake ends").isTrue();
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK:
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
        break;
      case NEED_WRAP:
        engine.wrap(ByteBuffer.allocate(0), out);
        break;
      default:
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(100_000));
        in.compact();
    }
  }

  @Test
  void showsTheClientCertificateWithKeysOfAllForms() throws Exception {
    SSLContext server = serving(root, new Wish().dns(HOST));
    KeyPair rsa = TestAuthority.newKey("RSA");
    shows(server, rsa, pkcs8(rsa.getPrivate()));
    shows(server, rsa, Pem.encode("RSA PRIVATE KEY", inner(rsa.getPrivate())));
    for (String curve : Arrays.asList("secp256r1", "secp384r1", "secp521r1")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      KeyPair ec = generator.generateKeyPair();
      shows(server, ec, pkcs8(ec.getPrivate()));
      // As OpenSSL writes it: the curve stands before it once more.
      shows(
          server,
          ec,
          Pem.encode(
                  "EC PARAMETERS",
                  PrivateKeyInfo.getInstance(ec.getPrivate().getEncoded())
                      .getPrivateKeyAlgorithm()
                      .getParameters()
                      .toASN1Primitive()
                      .getEncoded())
              + Pem.encode("EC PRIVATE KEY", sec1(ec)));
    }
  }

  private static byte[] inner(PrivateKey key) throws IOException {
    return PrivateKeyInfo.getInstance(key.getEncoded())
        .parsePrivateKey()
        .toASN1Primitive()
        .getEncoded();
  }

  private static byte[] sec1(KeyPair key) throws IOException {
    ECPrivateKey ec = (ECPrivateKey) key.getPrivate();
    BigInteger order = ec.getParams().getOrder();
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            order.bitLength(),
            ec.getS(),
            PrivateKeyInfo.getInstance(ec.getEncoded()).getPrivateKeyAlgorithm().getParameters())
        .getEncoded();
  }

  private void shows(SSLContext server, KeyPair key, String pem) throws Exception {
    ClientTls tls = tls(mutual(certificateOf(key), pem));
    for (String protocol : PROTOCOLS) {
      try (Wire wire = open(tls, server, protocol, true)) {
        assertThat(wire.server.getSession().getPeerCertificates()[0].getPublicKey())
            .isEqualTo(key.getPublic());
      }
    }
  }

  @Test
  void showsNoCertificateInSimple() throws Exception {
    try (Wire wire = open(tls(simple()), serving(root, new Wish().dns(HOST)), "TLSv1.2", false)) {
      assertThatThrownBy(() -> wire.server.getSession().getPeerCertificates())
          .isInstanceOf(SSLPeerUnverifiedException.class);
    }
  }

  @Test
  void verifiesTheServerInMutualAsWell() throws Exception {
    KeyPair key = TestAuthority.newKey("EC");
    Upstream.Builder upstream = mutual(certificateOf(key), pkcs8(key.getPrivate()));
    refused(upstream, serving(root, new Wish().dns("other.example.com")), "(expected: " + HOST);
    refused(upstream, serving(TestAuthority.root(), new Wish().dns(HOST)), "PKIX path");
  }

  @Test
  void refusesTheConnectWhereAFileIsMissingOrBroken() throws Exception {
    KeyPair key = TestAuthority.newKey("EC");
    String certificate = certificateOf(key);
    String good = pkcs8(key.getPrivate());
    String absent = dir.resolve("absent.pem").toString();
    String junk = write("junk.pem", "junk").toString();
    String half = write("half.pem", certificate.substring(0, 300)).toString();
    String torn = write("torn.pem", Pem.encode("CERTIFICATE", new byte[] {0x30, 3, 1})).toString();
    for (String path : Arrays.asList(absent, junk, half, torn, dir.toString())) {
      told(simple().caCertificates(path), "caCertificates", path);
      told(mutual(certificate, good).clientCertificate(path), "clientCertificate", path);
      told(mutual(certificate, good).privateKey(path), "privateKey", path);
    }
    told(mutual(certificate, good).clientCertificate(""), "clientCertificate", "none");
    told(mutual(certificate, good).privateKey(""), "privateKey", "none");
    String path = dir.resolve("client.key").toString();
    told(mutual(certificate, Pem.encode("PRIVATE KEY", new byte[] {1})), "privateKey", path);
    told(mutual(certificate, Pem.encode("EC PRIVATE KEY", new byte[] {1})), "curve", path);
    told(
        mutual(certificate, Pem.encode("ENCRYPTED PRIVATE KEY", new byte[] {1})),
        "encrypted",
        path);
    told(
        mutual(
            certificate,
            good.replace("PRIVATE KEY", "RSA PRIVATE KEY")
                .replace("KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\n\nM")),
        "encrypted",
        path);
    KeyPair other = TestAuthority.newKey("EC");
    told(mutual(certificate, pkcs8(other.getPrivate())), "another key", path);
    KeyPair rsa = TestAuthority.newKey("RSA");
    told(mutual(certificate, pkcs8(rsa.getPrivate())), "another key", path);
  }

  private void told(Upstream.Builder upstream, String... parts) {
    lines.clear();
    // Told once per transport, so another one every time.
    MeshTransport fresh =
        new MeshTransport(
            new WorkloadIdentity(timer, expected::get, lines::add),
            port -> MutualTls.PERMISSIVE,
            lines::add);
    expected.put(PEER, new ExpectedPeer(upstream.build(), Collections.<String>emptySet()));
    for (int i = 0; i < 3; i++) {
      assertThat(fresh.client(PEER)).as("never plaintext").isNull();
    }
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .contains(parts)
        .contains(HOST)
        .endsWith("connections to it are refused");
  }

  @Test
  void takesAChangedFileForTheNextContext() throws Exception {
    TestAuthority next = TestAuthority.root();
    SSLContext old = serving(root, new Wish().dns(HOST));
    SSLContext young = serving(next, new Wish().dns(HOST));
    Upstream.Builder upstream = simple();
    ClientTls first = tls(upstream);
    assertThat(tls(upstream).context())
        .as("one as long as nothing changes")
        .isSameAs(first.context());
    taken(upstream, old);
    refused(upstream, young, "PKIX path");
    replace("roots.pem", TestAuthority.pem(next.certificate));
    taken(upstream, young);
    refused(upstream, old, "PKIX path");
    Files.delete(dir.resolve("roots.pem"));
    assertThat(ask(upstream)).isNull();
    replace("roots.pem", TestAuthority.pem(root.certificate));
    taken(upstream, old);
  }

  @Test
  void takesAFileThatWasSwappedWithinTheTickOfTheClock() throws Exception {
    TestAuthority next = TestAuthority.root();
    Upstream.Builder upstream = simple();
    Path file = dir.resolve("roots.pem");
    SSLContext before = tls(upstream).context();
    // As Kubernetes and careful tools do: another file of the same length and time takes its place.
    Path other = write("new.pem", TestAuthority.pem(next.certificate));
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(tls(upstream).context()).isNotSameAs(before);
    taken(upstream, serving(next, new Wish().dns(HOST)));
  }

  private void replace(String name, String text) throws IOException {
    Path other = write(name + ".new", text);
    Files.move(other, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }
}
