package dev.weft.instrumentation.jetty12;

import dev.weft.context.CallContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** On {@code Server.handle}, before all handlers. */
final class HandleAdvice {

  private HandleAdvice() {}

  /** What {@link ServedRequest#enter} gives. */
  @ToArguments(@ToArgument(value = 0, index = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false, skipOn = Boolean.class, skipOnIndex = 1)
  static @Nullable Object[] enter(
      @Advice.This Server server,
      @Advice.Argument(0) Request request,
      @Advice.Argument(1) Response response,
      @Advice.Argument(2) Callback callback) {
    return ServedRequest.enter(server, request, response, callback);
  }

  /** Whether the request is, or will be, answered here; false to leave that to the server. */
  @ToReturned
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static boolean exit(@Advice.Enter @Nullable Object @Nullable [] entered) {
    if (entered != null && entered[2] instanceof CallContext) {
      CallContext.restore((CallContext) entered[2]);
    }
    return entered != null && entered[1] != null;
  }
}
