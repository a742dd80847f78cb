package dev.weft.instrumentation.javahttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Keeps the next hop of an attempt from the client: it must be decided like any other request. */
final class RedirectAdvice {

  private RedirectAdvice() {}

  /** One element, null: nothing to follow for the client. */
  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object @Nullable [] exit(@Advice.Return @Nullable Object next) {
    return next != null && Binding.isNextHop(next) ? new Object[1] : null;
  }
}
