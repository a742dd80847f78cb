package dev.weft.instrumentation.webflux;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Puts the context of a request that arrived, on whatever server, into Reactor's. */
final class HandleAdvice {

  private HandleAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Return @Nullable Mono<?> handled) {
    CallContext context = CallContext.current();
    return handled == null || context.isEmpty()
        ? null
        : handled.contextWrite(outer -> outer.put(CallContext.KEY, context));
  }
}
