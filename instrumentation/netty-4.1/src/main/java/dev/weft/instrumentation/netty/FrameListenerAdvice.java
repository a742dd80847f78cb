package dev.weft.instrumentation.netty;

import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2FrameListener;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** On {@code frameListener}: our check is what a server's decoder tells of requests first. */
final class FrameListenerAdvice {

  private FrameListenerAdvice() {}

  @AssignReturned.ToArguments(
      @AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(
      @Advice.This Http2ConnectionDecoder decoder,
      @Advice.Argument(0) @Nullable Http2FrameListener listener) {
    return listener == null || listener instanceof FrameCheck || !decoder.connection().isServer()
        ? listener
        : new FrameCheck(listener, decoder);
  }
}
