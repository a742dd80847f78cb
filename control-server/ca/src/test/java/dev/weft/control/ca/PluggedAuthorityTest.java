package dev.weft.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.control.core.Refused;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The four files, right and wrong in every way that an operator gets them wrong. */
@Timeout(60)
final class PluggedAuthorityTest {

  @TempDir private Path files;
  @TempDir private Path data;
  private final TestClock clock = new TestClock();
  private KeyPair rootKey;
  private X509Certificate root;
  private KeyPair middleKey;
  private X509Certificate middle;
  private KeyPair caKey;
  private X509Certificate ca;

  @BeforeEach
  void writeGoodFiles() throws Exception {
    rootKey = ControlCertificate.newKeyPair();
    root = certificate("CN=root", rootKey, "CN=root", rootKey, 2, Duration.ofDays(365));
    middleKey = ControlCertificate.newKeyPair();
    middle = certificate("CN=middle", middleKey, "CN=root", rootKey, 1, Duration.ofDays(300));
    caKey = ControlCertificate.newKeyPair();
    ca = certificate("CN=ca", caKey, "CN=middle", middleKey, 0, Duration.ofDays(200));
    write("ca-cert.pem", Pem.of(ca));
    write("ca-key.pem", Pem.of(caKey.getPrivate()));
    // As Istio's own makefile writes it: the signing certificate, what is above it, and the root.
    write("cert-chain.pem", Pem.of(ca) + Pem.of(middle) + Pem.of(root));
    write("root-cert.pem", Pem.of(root));
  }

  @Test
  void signsWithTheOperatorsAuthority() throws Exception {
    MeshAuthority authority = open();
    List<X509Certificate> chain =
        authority.issue(
            new WorkloadIdentity("cluster.local", "shop", "cart"),
            ControlCertificate.newKeyPair().getPublic(),
            Duration.ZERO);
    assertThat(chain.subList(1, 4)).containsExactly(ca, middle, root);
    Signer.verify(chain.subList(0, 3), authority.trusted(), clock.instant());
    assertThat(authority.pin()).isEqualTo(Pem.pin(root));
    assertThat(data.resolve("ca")).doesNotExist();
    assertThatThrownBy(authority::rotate)
        .isInstanceOf(Refused.class)
        .hasMessageContaining("root-cert.pem");
  }

  @Test
  void takesRootsSignedHereAlongUntilTheyAreRetired() throws Exception {
    MeshAuthority own =
        MeshAuthority.open(settings(null), new Tokens(new FakeTokenStore(), clock), clock);
    MeshAuthority both = open();
    assertThat(both.current().roots()).hasSize(2);
    assertThat(both.pin()).isEqualTo(own.pin());
    clock.turn(Duration.ofSeconds(10));
    both.retire(true);
    assertThat(both.pin()).isEqualTo(Pem.pin(root));
    assertThat(open().current().roots()).hasSize(1);
  }

  @Test
  void takesKeysAsRsaAndEcToolsWriteThem() throws Exception {
    // As openssl writes it, with the curve inside; BC's writer leaves out what the JDK left out.
    StringWriter sec1 = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(sec1)) {
      writer.writeObject(
          new PemObject(
              "EC PRIVATE KEY",
              new ECPrivateKey(
                      256,
                      ((java.security.interfaces.ECPrivateKey) caKey.getPrivate()).getS(),
                      SECObjectIdentifiers.secp256r1)
                  .getEncoded()));
    }
    assertThat(sec1.toString()).contains("BEGIN EC PRIVATE KEY");
    write("ca-key.pem", sec1.toString());
    open();

    caKey = rsa(2048);
    ca = certificate("CN=ca", caKey, "CN=middle", middleKey, 0, Duration.ofDays(200));
    write("ca-cert.pem", Pem.of(ca));
    StringWriter pkcs1 = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(pkcs1)) {
      writer.writeObject(caKey.getPrivate());
    }
    assertThat(pkcs1.toString()).contains("BEGIN RSA PRIVATE KEY");
    write("ca-key.pem", pkcs1.toString());
    open();
  }

  @Test
  void aRootAloneWillDo() throws Exception {
    for (String file : List.of("ca-cert.pem", "cert-chain.pem")) {
      write(file, Pem.of(root));
    }
    write("ca-key.pem", Pem.of(rootKey.getPrivate()));
    assertThat(
            open()
                .issue(
                    new WorkloadIdentity("cluster.local", "shop", "cart"),
                    ControlCertificate.newKeyPair().getPublic(),
                    Duration.ZERO))
        .hasSize(2);
  }

  @Test
  void saysWhichFileIsWrongAndHow() throws Exception {
    wrong("ca-key.pem", Pem.of(rootKey.getPrivate()), "does not fit", "ca-cert.pem");
    wrong("ca-key.pem", "nonsense", "no private key in it");
    wrong("ca-key.pem", Pem.of(ca), "no private key in it");
    wrong("ca-cert.pem", "nonsense", "no certificate in it");
    wrong("root-cert.pem", Pem.of(middle), "not a root");
    wrong("cert-chain.pem", Pem.of(ca) + Pem.of(root), "no way from it to a root", "CN=middle");
    wrong("cert-chain.pem", "", "no certificate in it");
    X509Certificate leaf =
        certificate("CN=ca", caKey, "CN=middle", middleKey, -1, Duration.ofDays(200));
    wrong("ca-cert.pem", Pem.of(leaf), "no authority (expected: CA:TRUE)");
    X509Certificate past =
        certificate("CN=ca", caKey, "CN=middle", middleKey, 0, Duration.ofSeconds(-1));
    wrong("ca-cert.pem", Pem.of(past), "expired at");
    X509Certificate foreign =
        certificate("CN=root", middleKey, "CN=root", middleKey, 2, Duration.ofDays(365));
    wrong("root-cert.pem", Pem.of(foreign), "no way from it to a root");
    X509Certificate narrow =
        certificate("CN=middle", middleKey, "CN=root", rootKey, 0, Duration.ofDays(300));
    wrong("cert-chain.pem", Pem.of(narrow), "is not valid");
    KeyPair weak = rsa(1024);
    wrong(
        "ca-cert.pem",
        Pem.of(certificate("CN=ca", weak, "CN=middle", middleKey, 0, Duration.ofDays(200))),
        "1024 bits");

    Files.delete(files.resolve("cert-chain.pem"));
    assertThatThrownBy(this::open).hasMessageContaining("cert-chain.pem: no such file");
    assertThatThrownBy(
            () ->
                MeshAuthority.open(
                    settings(files.resolve("none")),
                    new Tokens(new FakeTokenStore(), clock),
                    clock))
        .hasMessageContaining("--ca-dir")
        .hasMessageContaining("none");
  }

  private void wrong(String file, String text, String... said) throws Exception {
    String before = Files.readString(files.resolve(file));
    write(file, text);
    var thrown =
        assertThatThrownBy(this::open)
            .as(file)
            .isInstanceOf(CaException.class)
            .hasMessageContaining(files.toString());
    for (String part : said) {
      thrown.hasMessageContaining(part);
    }
    write(file, before);
  }

  private MeshAuthority open() {
    return MeshAuthority.open(settings(files), new Tokens(new FakeTokenStore(), clock), clock);
  }

  private MeshAuthority.Settings settings(@Nullable Path plugged) {
    return new MeshAuthority.Settings(
        "cluster.local", data.resolve("ca"), plugged, Duration.ofHours(24), Duration.ofSeconds(10));
  }

  private void write(String file, String text) throws Exception {
    Files.writeString(files.resolve(file), text);
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /**
   * @param below how many authorities may be below; -1: none, and it is no authority itself
   */
  private X509Certificate certificate(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, int below, Duration life)
      throws Exception {
    Instant now = clock.instant();
    PrivateKey signer = issuerKey.getPrivate();
    return Signer.sign(
        new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                Signer.newSerial(),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(life)),
                new X500Name(subject),
                key.getPublic())
            .addExtension(
                Extension.basicConstraints,
                true,
                below < 0 ? new BasicConstraints(false) : new BasicConstraints(below)),
        signer);
  }
}
