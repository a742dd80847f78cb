package dev.weft.instrumentation.httpserver;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * On {@code Request.ReadStream.read}: decides the connection on its first bytes, and reads through
 * TLS from then on. The channel is a private field because the stream shows it in no other way.
 */
final class ReadAdvice {

  private ReadAdvice() {}

  /** What to return or throw instead of reading; null to read. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.FieldValue("channel") SocketChannel channel,
      @Advice.Argument(0) byte[] bytes,
      @Advice.Argument(1) int offset,
      @Advice.Argument(2) int length) {
    try {
      int count = SniffedConnection.of(channel).read(bytes, offset, length);
      return count == SniffedConnection.NOT_OURS ? null : (Object) count;
    } catch (IOException e) {
      return e;
    }
  }

  @AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static Object @Nullable [] exit(@Advice.Enter @Nullable Object entered) {
    return Results.of(entered);
  }
}
