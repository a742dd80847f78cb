package dev.weft.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo of the README: unmodified Spring Boot 2.7 and 3.5 fat jars. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class DemoSmokeTest {

  @Test
  void showsACanaryAndEndsByItself() throws Exception {
    try (Stage stage = new Stage()) {
      Child demo =
          stage.start(
              "demo",
              Jdk.current(),
              List.of(
                  "-jar",
                  Stage.WEFT.toString(),
                  "demo",
                  "--home",
                  Stage.HOME.toString(),
                  "--seconds",
                  "3"));

      int exit = demo.awaitExit();

      assertThat(demo.log())
          .as("exit code %s", exit)
          .containsPattern("1\\. Canary[\\s\\S]*customer +reviews v1 +\\d+ +[789]\\d\\.\\d%")
          .containsPattern("2\\. Header[\\s\\S]*tester +reviews v2 +\\d+ +100\\.0%")
          .containsPattern("3\\. Fault[\\s\\S]*customer +error 500 +\\d+")
          .containsPattern("4\\. [\\s\\S]*customer +reviews v2 +\\d+ +(9\\d|100)\\.\\d%");
      assertThat(exit).isZero();
    }
  }
}
