package dev.weft.instrumentation.tomcat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SendfileDataBase;
import org.apache.tomcat.util.net.SendfileState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * On {@code NioSocketWrapper.processSendfile}, which lets the kernel write files into the socket:
 * under TLS of ours they go the way of any other body instead.
 */
final class SendfileAdvice {

  private static final int CHUNK = 16 * 1024;

  private SendfileAdvice() {}

  /** The state to return instead; null to send as Tomcat does. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This SocketWrapperBase<NioChannel> wrapper,
      @Advice.Argument(0) SendfileDataBase data) {
    NioConnection connection = NioConnection.of(wrapper.getSocket().getIOChannel());
    if (connection == null || !connection.isTls()) {
      return null;
    }
    try (FileInputStream file = new FileInputStream(data.fileName)) {
      send(file.getChannel(), wrapper, data);
      return SendfileState.DONE;
    } catch (IOException e) {
      // Tomcat closes the connection on it.
      return SendfileState.ERROR;
    }
  }

  private static void send(
      FileChannel file, SocketWrapperBase<NioChannel> wrapper, SendfileDataBase data)
      throws IOException {
    file.position(data.pos);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    while (data.length > 0) {
      chunk.clear();
      chunk.limit((int) Math.min(data.length, CHUNK));
      int count = file.read(chunk);
      if (count <= 0) {
        throw new IOException(data.fileName + " ends early");
      }
      wrapper.write(true, chunk.array(), 0, count);
      data.pos += count;
      data.length -= count;
    }
    wrapper.flush(true);
  }

  @AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Enter @Nullable Object entered) {
    return entered;
  }
}
