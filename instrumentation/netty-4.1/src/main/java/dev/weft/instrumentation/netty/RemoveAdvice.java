package dev.weft.instrumentation.netty;

import io.netty.channel.ChannelPipeline;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Keeps TLS of ours on a connection: Vert.x takes off every handler that is no {@code SslHandler}
 * before it puts its own on.
 */
final class RemoveAdvice {

  private RemoveAdvice() {}

  /** Whether it stays. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(@Advice.Argument(0) @Nullable Object handler) {
    return handler instanceof MeshClientTls && ((MeshClientTls) handler).isSecured();
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.This ChannelPipeline pipeline,
      @Advice.Enter boolean stays,
      @Advice.Return @Nullable Object returned) {
    return stays ? pipeline : returned;
  }
}
