package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.jspecify.annotations.Nullable;

/** On {@code Http.prepareAttributes}: tells the layers of a connection which one it is. */
final class AttributesAdvice {

  private AttributesAdvice() {}

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.Argument(1) Tcp.IncomingConnection incoming,
      @Advice.Return @Nullable Attributes attributes) {
    return attributes == null
        ? null
        : attributes.and(new Arrived(incoming.remoteAddress(), incoming.localAddress().getPort()));
  }
}
