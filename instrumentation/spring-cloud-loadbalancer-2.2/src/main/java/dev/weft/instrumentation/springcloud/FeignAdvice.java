package dev.weft.instrumentation.springcloud;

import feign.Client;
import feign.Request;
import java.net.URI;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On Feign's load-balanced clients, Ribbon's too: straight to what they send with. */
final class FeignAdvice {

  private FeignAdvice() {}

  /** Response and failure, one of them null; null altogether where the library goes on. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static Object @Nullable [] enter(
      @Advice.This Client client,
      @Advice.Argument(0) Request request,
      @Advice.Argument(1) Request.Options options)
      throws ReflectiveOperationException {
    URI uri = URI.create(request.url());
    if (!Takeover.isGoverned(uri)) {
      return null;
    }
    // Public in all of them, and in no type that they share.
    Client delegate = (Client) client.getClass().getMethod("getDelegate").invoke(client);
    try {
      return new Object[] {delegate.execute(request, options), null};
    } catch (Throwable failure) {
      return Takeover.isUnsent(failure, uri) ? null : new Object[] {null, failure};
    }
  }

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @ToThrown(index = 1, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static Object @Nullable [] exit(@Advice.Enter Object @Nullable [] result) {
    return result;
  }
}
