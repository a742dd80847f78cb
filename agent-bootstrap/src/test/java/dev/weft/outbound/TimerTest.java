package dev.weft.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.ServerPorts;
import dev.weft.transport.TransportSecurity;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The timer of deadlines: they run when due, and a process without any is left alone. */
@Timeout(30)
class TimerTest {

  private Mesh before;
  private ScheduledThreadPoolExecutor timer;

  @BeforeEach
  void freshTimer() {
    before =
        Mesh.install(
            new Mesh(
                OutboundMesh.PASS_THROUGH,
                InboundMesh.PERMIT_ALL,
                TransportSecurity.PLAINTEXT,
                ServerPorts.IGNORED,
                (where, problem) -> {}));
    timer = (ScheduledThreadPoolExecutor) Mesh.timer();
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
    Mesh.install(before);
  }

  @Test
  void runsWhatIsDueAndNotWhatWasCancelled() throws Exception {
    CountDownLatch soon = new CountDownLatch(1);
    CountDownLatch later = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Future<?> never = timer.schedule(cancelled::countDown, 120, TimeUnit.MILLISECONDS);
    timer.schedule(later::countDown, 200, TimeUnit.MILLISECONDS);
    timer.schedule(soon::countDown, 1, TimeUnit.MILLISECONDS);
    never.cancel(false);
    assertThat(soon.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelled.getCount()).isEqualTo(1);
  }

  @Test
  void keepsNothingOfACancelledDeadlineAndDoesNothingWhenItIsIdle() {
    for (int i = 0; i < 100; i++) {
      timer.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
    }
    assertThat(timer.getQueue()).as("the tick alone").hasSizeLessThanOrEqualTo(1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!timer.getQueue().isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(timer.getQueue()).isEmpty();
  }
}
