package dev.weft.instrumentation.helidon;

import io.helidon.http.HttpPrologue;
import io.helidon.http.http2.Http2Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code Http2SubProtocolSelector.subProtocol}: gRPC, and what else is not routed. */
final class SubProtocolAdvice {

  private SubProtocolAdvice() {}

  /** {@code true} to leave the stream to routing, where it is answered. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Argument(2) Http2Headers headers) {
    return WatchedStream.refuses(connection, prologue, headers);
  }

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable SubProtocolResult exit(
      @Advice.Enter boolean refused,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Return @Nullable SubProtocolResult result) {
    return WatchedStream.over(refused ? null : result, prologue);
  }
}
