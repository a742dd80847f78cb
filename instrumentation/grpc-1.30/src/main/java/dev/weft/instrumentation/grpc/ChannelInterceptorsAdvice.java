package dev.weft.instrumentation.grpc;

import io.grpc.ClientInterceptor;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Puts our interceptor inside of all others of a channel. */
final class ChannelInterceptorsAdvice {

  private ChannelInterceptorsAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.This Object builder, @Advice.Return List<ClientInterceptor> interceptors) {
    return MeshInterceptor.addTo(interceptors, builder);
  }
}
