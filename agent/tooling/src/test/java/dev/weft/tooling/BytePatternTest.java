package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BytePatternTest {

  private static boolean find(String pattern, String in) {
    return new BytePattern(pattern).isIn(in.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void findsItAtTheStartInTheMiddleAndAtTheEnd() {
    assertThat(find("La/B;", "La/B;xxxxxxx")).isTrue();
    assertThat(find("La/B;", "xx(La/B;I)V")).isTrue();
    assertThat(find("La/B;", "\u00ff\u0000La/B;")).isTrue();
  }

  @Test
  void doesNotFindWhatOnlyLooksLikeIt() {
    assertThat(find("La/B;", "La/Bc; La/b; a/B;")).isFalse();
    assertThat(find("La/B;", "La/B")).isFalse();
    assertThat(find("La/B;", "")).isFalse();
  }

  @Test
  void agreesWithThePlainSearch() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      String text = letters(random, random.nextInt(40));
      String pattern = letters(random, 1 + random.nextInt(5));
      assertThat(find(pattern, text))
          .as("%s in %s", pattern, text)
          .isEqualTo(text.contains(pattern));
    }
  }

  private static String letters(Random random, int length) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append((char) ('a' + random.nextInt(3)));
    }
    return letters.toString();
  }
}
