package dev.weft.instrumentation.tomcat;

import java.nio.channels.AsynchronousSocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.jspecify.annotations.Nullable;

/** On {@code Nio2Endpoint.setSocketOptions}, before Tomcat does anything with what it accepted. */
final class AsyncAcceptAdvice {

  private AsyncAcceptAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(
      @Advice.This AbstractEndpoint<?> endpoint,
      @Advice.Argument(0) AsynchronousSocketChannel channel) {
    return AsyncConnection.accepted(endpoint, channel);
  }
}
