package dev.weft.instrumentation.servlet.javax;

import dev.weft.context.CallContext;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code Filter.doFilter} and {@code Servlet.service}. */
final class ServeAdvice {

  private ServeAdvice() {}

  /**
   * What {@link ServedRequest#enter} gives: a request that takes the place of the one that came; a
   * {@code Boolean} when it was answered here, which skips the application; a {@link ServedRequest}
   * to end when this is the outermost call; the {@link CallContext} to return to. Null when there
   * is nothing to do.
   */
  @ToArguments(@ToArgument(value = 0, index = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false, skipOn = Boolean.class, skipOnIndex = 1)
  static @Nullable Object @Nullable [] enter(
      @Advice.Argument(0) ServletRequest request, @Advice.Argument(1) ServletResponse response) {
    return ServedRequest.enter(request, response);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Thrown @Nullable Throwable thrown) {
    if (entered == null) {
      return;
    }
    if (entered[3] instanceof CallContext) {
      CallContext.restore((CallContext) entered[3]);
    }
    if (entered[2] instanceof ServedRequest) {
      ((ServedRequest) entered[2]).exit(thrown);
    }
  }
}
