package dev.weft.instrumentation.nettyhttp;

import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** On the end of a look-up: a name that only the mesh knows is no failure. */
final class ResolveAdvice {

  private ResolveAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.Argument(0) @Nullable SocketAddress wanted,
      @Advice.Return @Nullable Future<SocketAddress> found) {
    return found == null ? null : MeshNames.resolved(wanted, found);
  }
}
