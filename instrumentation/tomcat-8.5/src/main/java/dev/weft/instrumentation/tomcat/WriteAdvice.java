package dev.weft.instrumentation.tomcat;

import java.io.IOException;
import java.nio.ByteBuffer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.tomcat.util.net.NioChannel;
import org.jspecify.annotations.Nullable;

/** On {@code NioChannel.write} of one buffer. */
final class WriteAdvice {

  private WriteAdvice() {}

  /** What to return or throw instead; null to let the channel write. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This NioChannel channel, @Advice.Argument(0) ByteBuffer buffer) {
    NioConnection connection = NioConnection.of(channel.getIOChannel());
    if (connection == null) {
      return null;
    }
    try {
      Long count = connection.write(new ByteBuffer[] {buffer}, 0, 1);
      return count == null ? null : (Object) count.intValue();
    } catch (IOException e) {
      return e;
    }
  }

  @AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static @Nullable Object @Nullable [] exit(@Advice.Enter @Nullable Object entered) {
    return Results.of(entered, -1);
  }
}
