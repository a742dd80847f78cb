package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;
import scala.Function1;

/** On {@code Route.createAsyncHandler}: a route that is bound as a flow has its context as well. */
final class RouteAdvice {

  private RouteAdvice() {}

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Return @Nullable Function1<Object, Object> handler) {
    return handler == null ? null : new InContext(handler);
  }
}
