package dev.weft.instrumentation.socket;

import java.nio.ByteBuffer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Lets nothing but TLS begin where plaintext must not go. */
final class ChannelWriteAdvice {

  private ChannelWriteAdvice() {}

  /** Why not to write; null to go on. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Throwable enter(
      @Advice.This Object channel, @Advice.Argument(0) @Nullable ByteBuffer bytes) {
    return ChannelGuard.refusal(channel, bytes);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Throwable exit(@Advice.Enter @Nullable Throwable refusal) {
    return refusal;
  }
}
