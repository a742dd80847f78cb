package dev.weft.instrumentation.socket;

import static net.bytebuddy.matcher.ElementMatchers.hasDescriptor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where a channel of NIO connects, and where it writes for the first time. */
public final class ChannelGuardInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.socket.";

  @Override
  public String name() {
    return "socket channel guard";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("sun.nio.ch.SocketChannelImpl")
        .advise(
            named("connect").and(hasDescriptor("(Ljava/net/SocketAddress;)Z")),
            HERE + "ChannelConnectAdvice")
        .advise(
            named("write").and(hasDescriptor("(Ljava/nio/ByteBuffer;)I")),
            HERE + "ChannelWriteAdvice")
        .advise(
            named("write").and(hasDescriptor("([Ljava/nio/ByteBuffer;II)J")),
            HERE + "ChannelGatherAdvice");
  }
}
