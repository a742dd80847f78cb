package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.Adapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import library.Door;
import library.Greeter;
import library.Greeting;
import library.Name;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdapterInstallerTest {

  @BeforeEach
  void forgetsWhatWasSaidBefore() {
    Installed.lines();
    Installed.problems();
  }

  @AfterEach
  void saysNothing() {
    assertThat(Installed.lines()).isEmpty();
  }

  @Test
  void theWaistComesFromTheBootLoader() {
    assertThat(Mesh.class.getClassLoader()).isNull();
  }

  @Test
  void adviceReplacesTheResult() {
    assertThat(new Greeter().greet(new Name("ann"))).isEqualTo("HELLO ann!");
  }

  @Test
  void adviceSkipsTheMethod() {
    Greeter greeter = new Greeter();
    assertThat(greeter.greet(new Name("bob"))).isEqualTo("no bob");
    assertThat(greeter.calls()).isZero();
  }

  @Test
  void adviceReachesClassesThatOtherPackagesDoNotSee() {
    assertThat(Greeter.reveal(new Name("ann"))).isEqualTo("hidden ann!");
  }

  @Test
  void adviceOnASuperTypeReachesImplementationsThatNobodyNamed() {
    Greeting greeting = new Shy();
    assertThat(greeting.greet(new Name("ann"))).isEqualTo("HELLO?");
  }

  @Test
  void anExceptionOfTheAdviceIsReportedAndKeptAwayFromTheApplication() {
    assertThat(new Greeter().add(2, 3)).isEqualTo(5);
    assertThat(Installed.problems())
        .containsExactly("advice dev.weft.tooling.hooked.FailingAdvice: advice fails for 2");
  }

  @Test
  void adviceTurnsAFailureIntoAResult() {
    assertThat(new Greeter().refuse("why")).isEqualTo("rescued");
  }

  @Test
  void adviceReplacesAFailureByAnother() {
    assertThatThrownBy(() -> new Greeter().refuse("checked"))
        .isInstanceOf(IOException.class)
        .hasMessage("instead");
  }

  @Test
  void inlinedAdviceReachesClassesOfTheJdkThatAreLoadedAlready() {
    assertThat(Currency.getInstance("EUR").getDisplayName(Locale.ENGLISH)).isEqualTo("woven Euro");
  }

  @Test
  void anExceptionOfInlinedAdviceIsReportedAndKeptAway() {
    assertThat(Currency.getInstance("CHF").getDisplayName(Locale.ENGLISH)).isEqualTo("Swiss Franc");
    assertThat(Installed.problems())
        .containsExactly("inlined advice in java.util.Currency: inlined advice fails");
  }

  @Test
  void theWovenClassSeesNoClassOfTheAdapter() {
    assertThat(new Greeter().greet(new Name("ann"))).isEqualTo("HELLO ann!");
    for (Class<?> type : ByteBuddyAgent.getInstrumentation().getAllLoadedClasses()) {
      if (type.getName().endsWith("ReplaceAdvice")) {
        assertThat(type.getClassLoader().getClass().getSimpleName()).isEqualTo("HookLoader");
      }
    }
  }

  /** Else a floor takes what an adapter wants, and the order of a list decides. */
  @Test
  void aFloorIsAskedLastInWhateverOrderAdaptersAreListed() {
    List<String> first = new ArrayList<>();
    Door.first(first);
    List<String> second = new ArrayList<>();
    Door.second(second);
    assertThat(first).containsExactly("above", "floor", "opened");
    assertThat(second).containsExactly("above", "floor", "opened");
  }

  @Test
  void anAdapterThatFailsLeavesTheOthersAlone() {
    List<String> lines = new ArrayList<>();
    Adapter broken =
        new Adapter() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public void install(dev.weft.instrumentation.Hooks hooks) {
            throw new IllegalStateException("no");
          }
        };
    AdapterInstaller.install(ByteBuddyAgent.install(), Arrays.asList(broken), lines::add);
    assertThat(lines)
        .singleElement()
        .asString()
        .contains("AdapterInstallerTest")
        .contains("is left out");
    assertThat(new Greeter().greet(new Name("ann"))).isEqualTo("HELLO ann!");
  }

  private static final class Shy implements Greeting {
    @Override
    public String greet(Name name) {
      return "hello?";
    }
  }
}
