package dev.weft.instrumentation.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import net.bytebuddy.asm.Advice;

/** On a pipeline's constructor: the first handler of every accepted connection is ours. */
final class PipelineAdvice {

  private PipelineAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This ChannelPipeline pipeline, @Advice.Argument(0) Channel channel) {
    if (channel instanceof SocketChannel && channel.parent() instanceof ServerChannel) {
      pipeline.addFirst(Sniffer.NAME, new Sniffer());
    } else if (channel instanceof ServerSocketChannel) {
      pipeline.addFirst(ServerPort.NAME, new ServerPort());
    }
  }
}
