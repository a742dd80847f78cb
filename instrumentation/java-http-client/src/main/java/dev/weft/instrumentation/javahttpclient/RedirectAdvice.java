package dev.weft.instrumentation.javahttpclient;

import java.net.http.HttpRequest;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Keeps the request of the next hop for the driver: it must be decided like any other. */
final class RedirectAdvice {

  private RedirectAdvice() {}

  /** One element, null: nothing to follow for the client. */
  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object @Nullable [] exit(
      @Advice.FieldValue("request") Object request, @Advice.Return @Nullable Object next) {
    Binding binding = Binding.of(request);
    if (next == null || binding == null || binding.endpoint() == null) {
      return null;
    }
    binding.redirectTo((HttpRequest) next);
    return new Object[1];
  }
}
