package dev.weft.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.control.core.CertificateAuthority.Role;
import dev.weft.control.core.CertificateAuthority.Root;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class MeshAuthorityTest {

  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final Duration TTL = Duration.ofHours(24);
  private static final WorkloadIdentity CART =
      new WorkloadIdentity("cluster.local", "shop", "cart");

  @TempDir private Path data;
  private final TestClock clock = new TestClock();
  private final Tokens tokens = new Tokens(new FakeTokenStore(), clock);
  private PublicKey key;

  @BeforeEach
  void makeKey() throws Exception {
    key = ControlCertificate.newKeyPair().getPublic();
  }

  private MeshAuthority open() {
    return MeshAuthority.open(
        new MeshAuthority.Settings("cluster.local", data.resolve("ca"), null, TTL, DELAY),
        tokens,
        clock);
  }

  private X509Certificate issue(MeshAuthority authority) {
    return authority.issue(CART, key, Duration.ZERO).get(0);
  }

  private void verify(MeshAuthority authority, X509Certificate certificate) throws Exception {
    Signer.verify(List.of(certificate), authority.trusted(), clock.instant());
  }

  @Test
  void makesARootOnceAndKeepsItForItsOwnerOnly() throws Exception {
    String pin = open().pin();
    assertThat(open().pin()).isEqualTo(pin);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("ca"))))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("ca/root-0001.pem"))))
        .isEqualTo("rw-------");
    Root root = open().roots().get(0);
    assertThat(root.role()).isEqualTo(Role.SIGNS);
    assertThat(Duration.between(clock.instant(), root.notAfter()).toDays()).isEqualTo(3650);
  }

  @Test
  void issuesAnIdentityAndNothingElse() throws Exception {
    MeshAuthority authority = open();
    X509Certificate certificate = issue(authority);

    verify(authority, certificate);
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(GeneralName.uniformResourceIdentifier, CART.spiffeId()));
    assertThat(certificate.getSubjectX500Principal().getName()).isEmpty();
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getKeyUsage()).startsWith(true, false, false, false, false, false);
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getNotBefore().toInstant())
        .isEqualTo(clock.instant().minus(Duration.ofMinutes(5)));
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(TTL));
    assertThat(issue(authority).getSerialNumber()).isNotEqualTo(certificate.getSerialNumber());
  }

  @Test
  void honoursAShorterLifeButNotALongerOne() {
    MeshAuthority authority = open();
    X509Certificate brief = authority.issue(CART, key, Duration.ofSeconds(10)).get(0);
    assertThat(brief.getNotAfter().toInstant()).isEqualTo(clock.instant().plusSeconds(10));
    assertThat(brief.getNotBefore().toInstant()).isEqualTo(clock.instant().minusSeconds(1));
    X509Certificate tooLong = authority.issue(CART, key, Duration.ofDays(365)).get(0);
    assertThat(tooLong.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(TTL));
  }

  @Test
  void noCertificateOutlivesItsRoot() {
    MeshAuthority authority = open();
    clock.turn(Duration.ofDays(3650).minusHours(1));
    assertThat(issue(authority).getNotAfter().toInstant())
        .isEqualTo(authority.roots().get(0).notAfter());
    clock.turn(Duration.ofHours(2));
    assertThatThrownBy(() -> issue(authority))
        .isInstanceOf(CaException.class)
        .hasMessageContaining("root-0001.pem")
        .hasMessageContaining("expired at");
  }

  @Test
  void aNewRootIsTrustedBeforeItSignsAndTheOldOneUntilItIsRetired() throws Exception {
    MeshAuthority authority = open();
    AtomicInteger changes = new AtomicInteger();
    authority.onChange(changes::incrementAndGet);
    X509Certificate before = issue(authority);
    String firstPin = authority.pin();

    authority.rotate();
    assertThat(changes).hasValue(1);
    assertThat(authority.current().roots()).hasSize(2);
    assertThat(roles(authority)).containsExactly(Role.SIGNS, Role.NEXT);
    assertThat(issue(authority).getIssuerX500Principal())
        .isEqualTo(before.getIssuerX500Principal());
    assertThatThrownBy(authority::rotate)
        .isInstanceOf(Refused.class)
        .hasMessageContaining("retire");

    clock.turn(DELAY);
    MeshAuthority restarted = open();
    for (MeshAuthority each : List.of(authority, restarted)) {
      X509Certificate after = issue(each);
      assertThat(after.getIssuerX500Principal()).isNotEqualTo(before.getIssuerX500Principal());
      verify(each, before);
      verify(each, after);
      assertThat(roles(each)).containsExactly(Role.TRUSTED, Role.SIGNS);
      assertThat(each.pin()).as("who vouches for the control server").isEqualTo(firstPin);
      assertThat(each.issue(CART, key, Duration.ZERO)).as("itself and both roots").hasSize(3);
    }

    X509Certificate after = issue(authority);
    authority.retire(true);
    assertThat(changes).hasValue(2);
    verify(authority, after);
    assertThatThrownBy(() -> verify(authority, before)).isNotNull();
    assertThat(open().pin()).isEqualTo(authority.pin()).isNotEqualTo(firstPin);
  }

  @Test
  void aRootIsNotRetiredWhileSomethingDependsOnIt() throws Exception {
    MeshAuthority authority = open();
    assertThatThrownBy(() -> authority.retire(true)).hasMessageContaining("rotate first");
    Tokens.Made token = tokens.createJoin("shop", "cart", Duration.ofDays(3), 0, authority.pin());
    authority.rotate();
    assertThatThrownBy(() -> authority.retire(true)).hasMessageContaining("signs from");
    clock.turn(DELAY);
    assertThatThrownBy(() -> authority.retire(false)).hasMessageContaining("are valid until");
    clock.turn(TTL);
    assertThatThrownBy(() -> authority.retire(false)).hasMessageContaining(token.token().id());
    tokens.revoke(token.token().id());
    assertThat(authority.retire(false)).hasSize(1);
  }

  @Test
  void theControlCertificateRenewsItselfAndFollowsItsRoot() throws Exception {
    MeshAuthority authority = open();
    ControlCertificate control =
        new ControlCertificate(authority, List.of("mesh.example", "10.1.2.3"), TTL, clock);
    var first = control.keyPair("*");
    assertThat(first.certificateChain()).hasSize(2);
    List<String> names = new ArrayList<>();
    first
        .certificateChain()
        .get(0)
        .getSubjectAlternativeNames()
        .forEach(name -> names.add(String.valueOf(name.get(1))));
    assertThat(names)
        .contains(
            "spiffe://cluster.local/ns/weft-system/sa/weft-control",
            "localhost",
            "127.0.0.1",
            "mesh.example",
            "10.1.2.3");

    clock.turn(TTL.dividedBy(2).minusSeconds(1));
    assertThat(control.keyPair("x")).isSameAs(first);
    assertThat(control.trustedCertificates("x")).isSameAs(control.trustedCertificates("y"));
    clock.turn(Duration.ofSeconds(1));
    var second = control.keyPair("*");
    assertThat(second).isNotEqualTo(first);

    authority.rotate();
    assertThat(control.keyPair("*")).isSameAs(second);
    assertThat(control.trustedCertificates("*")).hasSize(2);
    clock.turn(DELAY);
    authority.retire(true);
    assertThat(Pem.pin(control.keyPair("*").certificateChain().get(1))).isEqualTo(authority.pin());
  }

  @Test
  void whatIsNoNameIsRefusedAtTheStart() {
    MeshAuthority authority = open();
    for (String wrong : List.of("", "a b", "300.1.2.3", "-x", "a/b")) {
      assertThatThrownBy(() -> new ControlCertificate(authority, List.of(wrong), TTL, clock))
          .as(wrong)
          .isInstanceOf(CaException.class)
          .hasMessageContaining("--tls-san");
    }
    assertThatCode(
            () -> new ControlCertificate(authority, List.of("*.mesh.example", "::1"), TTL, clock))
        .doesNotThrowAnyException();
  }

  private static List<Role> roles(MeshAuthority authority) {
    return authority.roots().stream().map(Root::role).toList();
  }
}
