package dev.weft.instrumentation.socket;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

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
            named("connect").and(takesArguments(SocketAddress.class)),
            HERE + "ChannelConnectAdvice")
        .advise(named("write").and(takesArguments(ByteBuffer.class)), HERE + "ChannelWriteAdvice")
        .advise(
            named("write").and(takesArguments(ByteBuffer[].class, int.class, int.class)),
            HERE + "ChannelGatherAdvice");
  }
}
