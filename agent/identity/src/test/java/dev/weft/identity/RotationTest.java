package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.engine.RandomSource;
import dev.weft.identity.CertificateSource.Issued;
import dev.weft.identity.CertificateSource.Refused;
import dev.weft.identity.TestAuthority.Wish;
import dev.weft.model.TrustBundle;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RotationTest {

  private static final String ID = "spiffe://cluster.local/ns/default/sa/web";
  private static final long SECOND = 1000;
  private static final long LIFE = TestAuthority.HOUR;

  private final FakeTimer timer = new FakeTimer();
  private final long start = timer.millis();
  private final TestAuthority root = TestAuthority.root();
  private final List<String> lines = new ArrayList<>();
  private final List<Long> asked = new ArrayList<>();
  private final Random chance = new Random(7);
  private @Nullable Throwable problem;
  private boolean silent;
  private final Set<PublicKey> keys = new HashSet<>();
  private final RandomSource random = bound -> (long) (chance.nextDouble() * bound);
  private final WorkloadIdentity identity = new WorkloadIdentity(timer, peer -> null, lines::add);
  private final Rotation rotation = new Rotation(timer, random, this::sign, identity, lines::add);

  private CompletionStage<Issued> sign(String request) {
    asked.add(timer.millis());
    keys.add(TestAuthority.key(request));
    CompletableFuture<Issued> answer = new CompletableFuture<>();
    if (silent) {
      return answer;
    }
    if (problem != null) {
      answer.completeExceptionally(problem);
    } else {
      long now = timer.millis() - start;
      answer.complete(root.issue(request, Wish.of(ID).life(now - 60_000, now + LIFE), root));
    }
    return answer;
  }

  private void begin() {
    identity.start();
    rotation.start();
    timer.advance(0);
  }

  private PublicKey ownKey() {
    Credential own = identity.state().own;
    if (own == null) {
      throw new AssertionError("no certificate: " + lines);
    }
    return own.certificate().getPublicKey();
  }

  @Test
  void asksForTheFirstCertificateAtTheStart() {
    assertThat(identity.generation()).isZero();
    assertThat(identity.hasCertificate()).isFalse();
    begin();
    assertThat(asked).containsExactly(start);
    assertThat(identity.hasCertificate()).isTrue();
    assertThat(identity.generation()).isEqualTo(1);
    assertThat(rotation.firstAnswer().toCompletableFuture().isDone()).isTrue();
    assertThat(lines).isEmpty();
  }

  @Test
  void renewsAtHalfTheLifeWithJitterAndANewKey() {
    begin();
    Set<Long> planned = new HashSet<>();
    for (int i = 1; i <= 20; i++) {
      PublicKey before = ownKey();
      long wait = rotation.nextMillis() - timer.millis();
      assertThat(Math.abs(wait - LIFE / 2))
          .as("away from half the life of %s", LIFE)
          .isBetween(LIFE / 100 - 1000, LIFE / 20 + 1000);
      planned.add(wait);
      timer.advance(wait);
      assertThat(asked).hasSize(1 + i);
      assertThat(ownKey()).isNotEqualTo(before);
      assertThat(identity.generation()).isEqualTo(1 + i);
    }
    assertThat(planned).hasSizeGreaterThan(15);
    assertThat(rotation.renewals()).isEqualTo(21);
    assertThat(timer.planned()).as("tasks left behind").isLessThan(5);
  }

  @Test
  void keepsTheOldCertificateWhileRenewalFails() {
    begin();
    PublicKey first = ownKey();
    problem = new IllegalStateException("no route to host");
    timer.advance(LIFE - 2 * SECOND);
    assertThat(ownKey()).isEqualTo(first);
    assertThat(identity.hasCertificate()).isTrue();
    assertThat(lines)
        .containsExactly("no certificate yet: no route to host; the application runs, trying on");
    assertThat(rotation.lastError()).isEqualTo("no route to host");
    // Half a life with full jitter up to 30 s: many tries, but no storm.
    assertThat(asked.size()).isBetween(40, 400);
    assertThat(keys).as("keys of the two certificates asked for").hasSize(2);
    problem = null;
    timer.advance(2 * SECOND);
    assertThat(ownKey()).as("renewed in the last two seconds").isNotEqualTo(first);
    assertThat(lines).last().isEqualTo("certificate of " + ID + " is there");
    assertThat(rotation.lastError()).isEmpty();
  }

  @Test
  void saysOnceThatTheCertificateExpiredAndGoesOnTrying() {
    begin();
    List<Boolean> changes = new ArrayList<>();
    identity.onChange(() -> changes.add(identity.hasCertificate()));
    problem = new IllegalStateException("away");
    timer.advance(LIFE + 300 * SECOND);
    assertThat(identity.hasCertificate()).isFalse();
    assertThat(changes).containsExactly(false);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).startsWith("certificate of " + ID + " expired at ");
    // It never falls back to no identity: that would let calls leave as plaintext.
    assertThat(identity.generation()).isEqualTo(1);
    problem = null;
    timer.advance(31 * SECOND);
    assertThat(identity.hasCertificate()).isTrue();
    assertThat(changes).containsExactly(false, true);
  }

  @Test
  void retriesSlowlyWhatIsRefused() {
    problem = new Refused("token expired 14:02Z");
    begin();
    timer.advance(600 * SECOND);
    assertThat(asked.size()).isBetween(10, 20);
    assertThat(lines)
        .containsExactly(
            "no certificate: the control server refuses: token expired 14:02Z; the application"
                + " runs, trying on");
    assertThat(rotation.failedRenewals()).isEqualTo(asked.size());
  }

  @Test
  void retriesWithGrowingWaits() {
    problem = new IllegalStateException("away");
    begin();
    timer.advance(3 * SECOND);
    assertThat(asked.size()).as("in the first three seconds").isBetween(3, 12);
    timer.advance(600 * SECOND);
    long largest = 0;
    for (int i = 1; i < asked.size(); i++) {
      largest = Math.max(largest, asked.get(i) - asked.get(i - 1));
    }
    assertThat(largest).isBetween(15 * SECOND, 30 * SECOND);
  }

  @Test
  void takesNoAnswerForAFailure() {
    silent = true;
    begin();
    timer.advance(14 * SECOND);
    assertThat(rotation.failedRenewals()).isZero();
    silent = false;
    timer.advance(2 * SECOND);
    assertThat(rotation.failedRenewals()).isEqualTo(1);
    assertThat(identity.hasCertificate()).isTrue();
  }

  @Test
  void renewsAfterTheMachineSleptPastTheMiddle() {
    begin();
    timer.jump(LIFE * 3 / 4);
    timer.advance(61 * SECOND);
    assertThat(asked).hasSize(2);
  }

  @Test
  void refusesACertificateThatItsOwnRootsDoNotVouchFor() {
    TestAuthority other = TestAuthority.root();
    Rotation broken =
        new Rotation(
            timer,
            random,
            request -> CompletableFuture.completedFuture(other.issue(request, Wish.of(ID), root)),
            identity,
            lines::add);
    identity.start();
    broken.start();
    timer.advance(0);
    assertThat(identity.hasCertificate()).isFalse();
    assertThat(broken.lastError()).contains("does not lead to a root of the mesh");
  }

  @Test
  void renewsAtOnceWhenItsRootIsDropped() {
    begin();
    TestAuthority next = TestAuthority.root();
    assertThat(identity.accept(bundle(root, next))).isNull();
    timer.advance(SECOND);
    assertThat(asked).as("asked after a root was added").hasSize(1);
    assertThat(identity.generation()).as("after a root was added").isEqualTo(1);
    identity.accept(bundle(next));
    assertThat(identity.generation()).as("after a root was dropped").isEqualTo(2);
    timer.advance(0);
    assertThat(asked).as("asked after our root was dropped").hasSize(2);
  }

  private static TrustBundle bundle(TestAuthority... roots) {
    return TrustBundle.builder()
        .trustDomain("cluster.local")
        .roots(TestAuthority.pems(roots))
        .build();
  }

  @Test
  void keepsABundleThatCameBeforeTheStart() {
    assertThat(identity.accept(TrustBundle.builder().build())).isNull();
    assertThat(identity.state().trust).isNull();
    identity.start();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).startsWith("last good trust bundle is ignored: roots: none");
    assertThat(identity.accept(TrustBundle.builder().build())).startsWith("roots: none");
  }
}
