package dev.weft.instrumentation.socket;

import java.nio.ByteBuffer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Lets nothing but TLS begin where plaintext must not go. */
final class ChannelGatherAdvice {

  private ChannelGatherAdvice() {}

  /** Why not to write; null to go on. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Throwable enter(
      @Advice.This Object channel,
      @Advice.Argument(0) ByteBuffer @Nullable [] bytes,
      @Advice.Argument(1) int offset,
      @Advice.Argument(2) int length) {
    return ChannelGuard.refusal(channel, bytes, offset, length);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Throwable exit(@Advice.Enter @Nullable Throwable refusal) {
    return refusal;
  }
}
