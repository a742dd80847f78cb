package dev.weft.instrumentation.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.testkit.InstalledAdapter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class ContextTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new VertxInstrumentation());

  private static final CallContext CALL = CallContext.of(List.of("x-request-id", "1"));

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final BlockingQueue<CallContext> seen = new ArrayBlockingQueue<>(10);

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private CallContext taken() throws InterruptedException {
    return seen.poll(10, TimeUnit.SECONDS);
  }

  private void see() {
    seen.add(CallContext.current());
  }

  /** A copy of the current context, as a server of Vert.x makes one for a request. */
  private static Context copy() {
    try {
      Object context = Vertx.currentContext();
      return (Context)
          java.util.Arrays.stream(context.getClass().getMethods())
              .filter(method -> method.getName().equals("duplicate"))
              .filter(method -> method.getParameterCount() == 0)
              .filter(java.lang.reflect.AccessibleObject::trySetAccessible)
              .findFirst()
              .orElseThrow()
              .invoke(context);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void onCopy(Runnable task) {
    vertx.runOnContext(
        nothing -> {
          CallContext before = CALL.attach();
          Context copy = copy();
          CallContext.restore(before);
          copy.runOnContext(again -> task.run());
        });
  }

  @Test
  void carriesTheContextToWhatRunsLater() throws Exception {
    onCopy(
        () -> {
          see();
          vertx.setTimer(1, id -> see());
          vertx.runOnContext(nothing -> see());
        });
    for (int i = 0; i < 3; i++) {
      assertThat(taken()).isEqualTo(CALL);
    }
  }

  @Test
  void leavesNothingOnTheThread() throws Exception {
    Context plain = vertx.getOrCreateContext();
    onCopy(
        () -> {
          see();
          plain.runOnContext(nothing -> see());
        });
    assertThat(taken()).isEqualTo(CALL);
    assertThat(taken()).isEqualTo(CallContext.NONE);
  }

  @Test
  void leavesWhatAnotherAttachedAlone() throws Exception {
    CallContext other = CallContext.of(List.of("x-request-id", "2"));
    vertx.runOnContext(
        nothing -> {
          Context copy = copy();
          CallContext before = other.attach();
          copy.runOnContext(again -> {});
          see();
          CallContext.restore(before);
        });
    assertThat(taken()).isEqualTo(other);
  }
}
