package dev.weft.instrumentation.httpserver;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * On {@code Request.ReadStream.available}, by which the server finds out whether a kept connection
 * has a next request that its selector would not see: counts decrypted bytes.
 */
final class AvailableAdvice {

  private AvailableAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(@Advice.FieldValue("channel") SocketChannel channel) {
    try {
      int count = SniffedConnection.of(channel).available();
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
