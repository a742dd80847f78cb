package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.pekko.stream.scaladsl.BidiFlow;
import org.jspecify.annotations.Nullable;

/** On {@code serverStack}, all layers of HTTP/2. */
final class Http2StackAdvice {

  private Http2StackAdvice() {}

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Return @Nullable BidiFlow<?, ?, ?, ?, ?> layers) {
    return layers == null ? null : Gate.overHttp2(layers);
  }
}
