package dev.weft.instrumentation.helidon;

import io.helidon.http.ServerRequestHeaders;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On the requests' {@code headers()}: they cannot be changed in place. */
final class HeadersAdvice {

  private HeadersAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable ServerRequestHeaders exit(@Advice.This Object request) {
    return ChangedHeaders.of(request);
  }
}
