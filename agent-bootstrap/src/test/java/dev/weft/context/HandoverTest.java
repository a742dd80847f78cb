package dev.weft.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext.Handover;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a context follows tasks whose objects it must not change. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HandoverTest {

  private static final CallContext A = CallContext.of(List.of("x-request-id", "a"));
  private static final CallContext B = CallContext.of(List.of("x-request-id", "b"));

  private final Runnable task = new Thread();

  @AfterEach
  void nothingIsLeft() {
    CallContext.NONE.attach();
    assertThat(Handover.isIdle()).isTrue();
  }

  private static void in(CallContext context, Runnable code) {
    CallContext before = context.attach();
    code.run();
    CallContext.restore(before);
  }

  private static CallContext takenBy(Runnable next) {
    Handover.taken(null);
    Handover.taken(next);
    return CallContext.current();
  }

  @Test
  void givesAPoolsThreadWhatItsTaskBroughtAndNothingElse() {
    in(A, () -> Handover.submitted(task));
    assertThat(takenBy(task)).isEqualTo(A);
    Handover.taken(null);
    assertThat(CallContext.current()).isEqualTo(CallContext.NONE);
    assertThat(takenBy(task)).isEqualTo(CallContext.NONE);
  }

  @Test
  void runsATaskOfSeveralRequestsInNone() {
    in(A, () -> Handover.submitted(task));
    in(B, () -> Handover.submitted(task));
    in(A, () -> Handover.submitted(task));
    for (int i = 0; i < 3; i++) {
      assertThat(takenBy(task)).isEqualTo(CallContext.NONE);
    }
    in(B, () -> Handover.submitted(task));
    assertThat(takenBy(task)).isEqualTo(B);
  }

  @Test
  void runsATaskThatCameFromOutsideAsWellInNone() {
    in(A, () -> Handover.submitted(task));
    Handover.submitted(task);
    assertThat(takenBy(task)).isEqualTo(CallContext.NONE);
    assertThat(takenBy(task)).isEqualTo(CallContext.NONE);
  }

  @Test
  void forgetsATaskThatWasRefused() {
    in(A, () -> Handover.submitted(task));
    Handover.refused(task);
    assertThat(takenBy(task)).isEqualTo(CallContext.NONE);
  }

  @Test
  void returnsFromAForkToWhatWasBefore() {
    in(A, () -> Handover.forked(task));
    in(
        B,
        () -> {
          @Nullable CallContext before = Handover.run(task);
          assertThat(CallContext.current()).isEqualTo(A);
          Handover.done(before);
          assertThat(CallContext.current()).isEqualTo(B);
        });
  }

  @Test
  void helpsWithATaskOfNobodyInNone() {
    in(
        B,
        () -> {
          @Nullable CallContext before = Handover.run(task);
          assertThat(CallContext.current()).isEqualTo(CallContext.NONE);
          Handover.done(before);
          assertThat(CallContext.current()).isEqualTo(B);
        });
  }

  @Test
  void firesAStageInTheContextOfItsRegistration() {
    in(A, () -> Handover.registered(task));
    for (int i = 0; i < 2; i++) {
      @Nullable CallContext before = Handover.fired(task);
      assertThat(CallContext.current()).isEqualTo(A);
      Handover.done(before);
    }
    Handover.over(task);
    assertThat(Handover.fired(task)).isNull();
  }
}
