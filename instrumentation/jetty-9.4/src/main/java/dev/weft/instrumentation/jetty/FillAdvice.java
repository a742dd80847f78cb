package dev.weft.instrumentation.jetty;

import java.nio.ByteBuffer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;

/** On {@code fill} of a socket's end point: puts a byte that was read already before the others. */
final class FillAdvice {

  private FillAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static boolean enter(@Advice.This Object endPoint, @Advice.Argument(0) ByteBuffer buffer) {
    return FirstByte.fill(endPoint, buffer);
  }

  /** How many bytes were read; 0 to leave that as it is. */
  @AssignReturned.ToReturned
  @Advice.OnMethodExit(inline = false)
  static int exit(@Advice.Enter boolean given, @Advice.Return int filled) {
    return given ? Math.max(filled, 0) + 1 : 0;
  }
}
