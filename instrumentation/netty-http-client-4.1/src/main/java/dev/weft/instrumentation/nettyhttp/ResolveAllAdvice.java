package dev.weft.instrumentation.nettyhttp;

import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** On the end of a look-up of all addresses of a name, by clients that choose one themselves. */
final class ResolveAllAdvice {

  private ResolveAllAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.This Object resolver,
      @Advice.Argument(0) @Nullable String name,
      @Advice.Return @Nullable Future<List<InetAddress>> found) {
    return found == null || name == null || !(resolver instanceof InetNameResolver)
        ? found
        : MeshNames.resolvedAll(name, found);
  }
}
