package dev.weft.control.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TokensTest {

  private static final String HERE = "10.0.0.1";
  private static final String PIN = "p".repeat(43);

  private Instant now = Instant.ofEpochSecond(1_700_000_000);
  private final List<StoredToken> stored = new ArrayList<>();
  private final Tokens tokens = new Tokens(new Store(), () -> now);

  @Test
  void theTextHasTheFormThatAgentsRead() throws Exception {
    Tokens.Made made = join();
    assertThat(made.text())
        .matches("weft-join\\." + made.token().id() + "\\.[A-Za-z0-9_-]{43}\\." + PIN);
    assertThat(made.token().id()).hasSize(12);
    assertThat(tokens.createAdmin(null).text())
        .matches("weft-admin\\.[a-z0-9]{12}\\.[A-Za-z0-9_-]{43}");
    assertThat(made.toString() + made.token()).doesNotContain(made.text().split("\\.")[2]);
  }

  @Test
  void takesTheRightSecretAndNoOther() throws Exception {
    String good = join().text();
    assertThat(tokens.authenticate(StoredToken.Type.JOIN, good, HERE).serviceAccount())
        .isEqualTo("cart");
    String[] parts = good.split("\\.");
    char last = parts[2].charAt(20);
    String other = parts[2].substring(0, 20) + (last == 'A' ? 'B' : 'A') + parts[2].substring(21);
    for (String bad :
        List.of(
            "",
            "weft-join",
            good + ".x",
            "weft-join." + parts[1] + "." + other + "." + PIN,
            "weft-join." + parts[1] + ".." + PIN,
            "weft-join.aaaaaaaaaaaa." + parts[2] + "." + PIN,
            "x".repeat(10_000))) {
      assertThatThrownBy(
              () -> tokens.authenticate(StoredToken.Type.JOIN, bad, "10.0.0." + bad.length()))
          .as(bad)
          .isInstanceOf(AccessRefused.class)
          .hasMessage("join token: not known to this control server");
    }
    assertThatThrownBy(() -> tokens.authenticate(StoredToken.Type.ADMIN, good, HERE))
        .hasMessageContaining("wrong kind");
  }

  @Test
  void onlyWhoKnowsTheSecretHearsThatItExpired() throws Exception {
    String good = join().text();
    now = now.plus(Duration.ofHours(1));
    assertThatThrownBy(() -> tokens.authenticate(StoredToken.Type.JOIN, good, HERE))
        .hasMessageContaining("expired at 2023-11-14T23:13:20Z");
    String[] parts = good.split("\\.");
    assertThatThrownBy(
            () ->
                tokens.authenticate(
                    StoredToken.Type.JOIN,
                    parts[0] + "." + parts[1] + "." + "A".repeat(43) + "." + PIN,
                    HERE))
        .hasMessageContaining("not known");
  }

  @Test
  void guessingIsSlowForTheOneWhoGuesses() throws Exception {
    Tokens.Made made = join();
    String wrong = "weft-join." + made.token().id() + "." + "A".repeat(43) + "." + PIN;
    for (int i = 0; i < FailureLimit.BURST; i++) {
      assertThat(waitAfter(wrong, HERE)).as("attempt %s", i).isZero();
    }
    assertThat(waitAfter(wrong, HERE)).isEqualTo(6);
    assertThat(waitAfter(made.text(), HERE)).as("the right one too, from there").isEqualTo(6);
    assertThat(tokens.authenticate(StoredToken.Type.JOIN, made.text(), "10.0.0.2")).isNotNull();
    assertThat(tokens.authenticate(StoredToken.Type.JOIN, join().text(), HERE)).isNotNull();
    now = now.plusSeconds(6);
    assertThat(tokens.authenticate(StoredToken.Type.JOIN, made.text(), HERE)).isNotNull();
    int looked = 0;
    for (int second = 0; second < 600; second++) {
      looked += waitAfter(wrong, HERE) == 0 ? 1 : 0;
      now = now.plusSeconds(1);
    }
    assertThat(looked).as("attempts in ten minutes").isBetween(95, 105);
  }

  @Test
  void noWorkloadBecomesTheControlServer() {
    assertThatThrownBy(() -> tokens.createJoin("weft-system", "x", Duration.ofHours(1), 0, PIN))
        .isInstanceOf(Refused.class);
    for (String bad : List.of("", "Shop", "a/b", "a.b", "-a", "a".repeat(64), "a\nb", "*")) {
      assertThatThrownBy(() -> tokens.createJoin(bad, "x", Duration.ofHours(1), 0, PIN))
          .as(bad)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("namespace");
    }
    assertThatThrownBy(() -> tokens.createJoin("a", "x/../y", Duration.ofHours(1), 0, PIN))
        .hasMessageContaining("service account");
    assertThatThrownBy(() -> tokens.createJoin("a", "x", Duration.ZERO, 0, PIN))
        .hasMessageContaining("ttl");
    assertThatThrownBy(() -> tokens.createJoin("a", "x", Duration.ofHours(1), -1, PIN))
        .hasMessageContaining("uses");
    assertThat(stored).isEmpty();
  }

  @Test
  void aRevokedTokenStaysRevoked() throws Exception {
    Tokens.Made made = join();
    tokens.revoke(made.token().id());
    assertThatThrownBy(() -> tokens.authenticate(StoredToken.Type.JOIN, made.text(), HERE))
        .hasMessageContaining("revoked at");
    assertThat(tokens.anyLive(StoredToken.Type.JOIN)).isFalse();
    assertThatThrownBy(() -> tokens.revoke("none")).isInstanceOf(Refused.class);
  }

  private Tokens.Made join() throws Refused {
    return tokens.createJoin("shop", "cart", Duration.ofHours(1), 0, PIN);
  }

  private long waitAfter(String text, String address) {
    try {
      tokens.authenticate(StoredToken.Type.JOIN, text, address);
      return -1;
    } catch (AccessRefused e) {
      return e.retryAfterSeconds();
    }
  }

  private final class Store implements TokenStore {
    @Override
    public List<StoredToken> tokens() {
      return stored;
    }

    @Override
    public void addToken(StoredToken token) {
      stored.add(token);
    }

    @Override
    public @Nullable StoredToken useToken(String id, String usedFor) {
      return null;
    }

    @Override
    public void revokeToken(String id, Instant at) {
      // Asked for in the store's own test.
    }

    @Override
    public void forgetTokens(Instant time) {
      // Asked for in the store's own test.
    }
  }
}
