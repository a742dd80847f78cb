package dev.weft.instrumentation.grpc;

import io.grpc.Metadata;
import io.grpc.internal.ServerStream;
import io.grpc.internal.ServerTransport;
import io.grpc.internal.ServerTransportListener;
import net.bytebuddy.asm.Advice;

/**
 * A call arrived, and no code of the application has seen it. Those on OkHttp are decided; the call
 * that is let in comes here once more, as a stream of ours. Those on Netty were decided below.
 */
final class StreamCreatedAdvice {

  private StreamCreatedAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This ServerTransportListener server,
      @Advice.FieldValue("transport") ServerTransport transport,
      @Advice.Argument(0) ServerStream stream,
      @Advice.Argument(1) String method,
      @Advice.Argument(2) Metadata headers) {
    return ServerExchange.takes(server, transport, stream, method, headers);
  }
}
