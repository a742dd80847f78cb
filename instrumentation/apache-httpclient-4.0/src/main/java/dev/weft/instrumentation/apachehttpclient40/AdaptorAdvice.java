package dev.weft.instrumentation.apachehttpclient40;

import java.net.InetSocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/**
 * Where a later version calls a socket factory of 4.0, of which it tells a name only: that name has
 * the address in it again.
 */
final class AdaptorAdvice {

  private AdaptorAdvice() {}

  @ToArguments(@ToArgument(value = 1, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(1) @Nullable InetSocketAddress remote) {
    return EndpointName.renamed(remote);
  }
}
