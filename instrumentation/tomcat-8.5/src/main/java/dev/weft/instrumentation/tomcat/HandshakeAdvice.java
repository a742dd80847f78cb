package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.tomcat.util.net.NioChannel;
import org.jspecify.annotations.Nullable;

/** On {@code NioChannel.handshake}, which does nothing by itself. */
final class HandshakeAdvice {

  private HandshakeAdvice() {}

  @AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.This NioChannel channel) {
    NioConnection connection = NioConnection.of(channel.getIOChannel());
    return connection == null ? null : (Object) connection.handshake();
  }
}
