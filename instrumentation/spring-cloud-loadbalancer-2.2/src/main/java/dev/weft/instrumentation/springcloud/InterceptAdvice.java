package dev.weft.instrumentation.springcloud;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;

/** On the interceptors of a load-balanced RestTemplate or RestClient: no choice, no retry. */
final class InterceptAdvice {

  private InterceptAdvice() {}

  /** Response and failure, one of them null; null altogether where the library goes on. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static Object @Nullable [] enter(
      @Advice.Argument(0) HttpRequest request,
      @Advice.Argument(1) byte[] body,
      @Advice.Argument(2) ClientHttpRequestExecution execution) {
    if (!Takeover.isGoverned(request.getURI())) {
      return null;
    }
    try {
      return new Object[] {execution.execute(request, body), null};
    } catch (Throwable failure) {
      return Takeover.isUnsent(failure, request.getURI()) ? null : new Object[] {null, failure};
    }
  }

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @ToThrown(index = 1, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static Object @Nullable [] exit(@Advice.Enter Object @Nullable [] result) {
    return result;
  }
}
