package dev.weft.instrumentation.inlet;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Shows the address to which the peer of an exchanged channel really connected. */
final class LocalAddressAdvice {

  private LocalAddressAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable InetSocketAddress exit(@Advice.This SocketChannel channel) {
    Face face = Face.of(channel);
    return face == null ? null : face.local;
  }
}
