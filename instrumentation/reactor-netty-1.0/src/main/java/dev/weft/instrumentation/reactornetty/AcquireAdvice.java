package dev.weft.instrumentation.reactornetty;

import dev.weft.outbound.Attempt;
import dev.weft.transport.Endpoint;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import reactor.netty.ConnectionObserver;

/**
 * Asks for a connection to the endpoint of the attempt: its resolved address with the synthetic
 * name keys the pool and makes a resolver needless.
 */
final class AcquireAdvice {

  private AcquireAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Assigner.Typing.DYNAMIC))
  static @Nullable Object enter(@Advice.Argument(1) @Nullable ConnectionObserver observer) {
    if (observer == null) {
      return null;
    }
    Object decided = observer.currentContext().getOrDefault(Attempt.KEY, null);
    if (!(decided instanceof Optional) || !((Optional<?>) decided).isPresent()) {
      return null;
    }
    Endpoint endpoint = ((Attempt) ((Optional<?>) decided).get()).endpoint();
    Supplier<SocketAddress> address = endpoint::socketAddress;
    return address;
  }
}
