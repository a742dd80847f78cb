package dev.weft.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import okhttp3.OkHttpClient;

/** On {@code new OkHttpClient(builder)}, where all ways to make a client end. */
final class ClientAdvice {

  private ClientAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) OkHttpClient.Builder builder) {
    MeshInterceptor.addTo(builder);
  }

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This OkHttpClient client) {
    MeshInterceptor.tellOf(client);
  }
}
