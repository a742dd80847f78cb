package dev.weft.instrumentation.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.protocol.http.HttpOpenListener;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/** On {@code HttpOpenListener.handleEvent}, with which every connection for HTTP/1.1 begins. */
final class OpenAdvice {

  private OpenAdvice() {}

  /** True to go no further: the connection is opened again when it is known what it speaks. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This HttpOpenListener listener,
      @Advice.Argument(0) StreamConnection connection,
      @Advice.Argument(1) @Nullable PooledByteBuffer buffer) {
    return SniffedConnection.takes(listener, connection, buffer);
  }
}
