package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.common.util.ReleasableHolder;
import io.netty.channel.EventLoop;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an attempt on the event loop of its request, where the application reads the response: the
 * library's flow control stalls when another thread does.
 */
final class LoopAdvice {

  private static final ThreadLocal<@Nullable EventLoop> LOOP = new ThreadLocal<>();

  private LoopAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter() {
    EventLoop loop = LOOP.get();
    return loop == null ? null : new Held(loop);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object held) {
    return held;
  }

  /** Until {@link #released}, what this thread makes is on {@code loop}. */
  static void hold(EventLoop loop) {
    LOOP.set(loop);
  }

  static void released() {
    LOOP.remove();
  }

  /** The request releases it. */
  private static final class Held implements ReleasableHolder<EventLoop> {
    private final EventLoop loop;

    Held(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public EventLoop get() {
      return loop;
    }

    @Override
    public void release() {}
  }
}
