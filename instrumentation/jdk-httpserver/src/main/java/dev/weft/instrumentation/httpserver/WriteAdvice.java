package dev.weft.instrumentation.httpserver;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** On {@code Request.WriteStream.write}: writes through TLS where the connection has it. */
final class WriteAdvice {

  private WriteAdvice() {}

  /** What to throw, or any other object when it was written; null to write. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.FieldValue("channel") SocketChannel channel,
      @Advice.Argument(0) byte[] bytes,
      @Advice.Argument(1) int offset,
      @Advice.Argument(2) int length) {
    try {
      return SniffedConnection.of(channel).write(bytes, offset, length) ? Boolean.TRUE : null;
    } catch (IOException e) {
      return e;
    }
  }

  @AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static @Nullable Throwable exit(@Advice.Enter @Nullable Object entered) {
    return entered instanceof IOException ? (IOException) entered : null;
  }
}
