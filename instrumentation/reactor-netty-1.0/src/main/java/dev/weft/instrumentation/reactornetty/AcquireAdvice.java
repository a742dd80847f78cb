package dev.weft.instrumentation.reactornetty;

import dev.weft.outbound.Attempt;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import reactor.netty.ConnectionObserver;
import reactor.util.context.Context;

/**
 * Asks for a connection to the endpoint of the attempt: its resolved address with the synthetic
 * name keys the pool and makes a resolver needless.
 */
final class AcquireAdvice {

  private AcquireAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments({
    @Advice.AssignReturned.ToArguments.ToArgument(
        value = 1,
        index = 0,
        typing = Assigner.Typing.DYNAMIC),
    @Advice.AssignReturned.ToArguments.ToArgument(
        value = 2,
        index = 1,
        typing = Assigner.Typing.DYNAMIC)
  })
  static Object @Nullable [] enter(
      @Advice.Argument(1) @Nullable ConnectionObserver observer,
      @Advice.Argument(2) @Nullable Supplier<? extends SocketAddress> address) {
    if (observer == null || address == null) {
      return null;
    }
    Context context = observer.currentContext();
    Object decided = context.getOrDefault(Attempt.KEY, null);
    if (!(decided instanceof Optional) || !((Optional<?>) decided).isPresent()) {
      return null;
    }
    Attempt attempt = (Attempt) ((Optional<?>) decided).get();
    Sending sending = Sending.in(context);
    if (sending != null) {
      sending.acquiring(address);
    }
    Supplier<SocketAddress> endpoint =
        () -> Internals.isElsewhere(address) ? address.get() : attempt.endpoint().socketAddress();
    return new Object[] {sending == null ? observer : observer.then(sending), endpoint};
  }
}
