package dev.weft.instrumentation.vertx;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the application a request that is not connected yet. */
final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Object vertx,
      @Advice.FieldValue("options") HttpClientOptions settings,
      @Advice.Argument(0) @Nullable RequestOptions request) {
    return MeshRequest.takeOver(client, vertx, settings, request);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object made) {
    return made;
  }
}
