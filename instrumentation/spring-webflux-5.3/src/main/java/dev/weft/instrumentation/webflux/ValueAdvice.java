package dev.weft.instrumentation.webflux;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.BodyInserter;

/** Remembers of a body that it is a value, which can be written as often as it takes. */
final class ValueAdvice {

  private ValueAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.Argument(0) @Nullable Object value,
      @Advice.Return @Nullable BodyInserter<?, ?> inserter) {
    return inserter == null || !ValueBody.isRepeatable(value) ? null : new ValueBody<>(inserter);
  }
}
