package dev.weft.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** As {@link RequestAdvice}, for callers with a handler; Vert.x 4 only. */
final class RequestHandlerAdvice {

  private RequestHandlerAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Object vertx,
      @Advice.FieldValue("options") HttpClientOptions settings,
      @Advice.Argument(0) @Nullable RequestOptions request,
      @Advice.Argument(1) @Nullable Handler<AsyncResult<HttpClientRequest>> handler) {
    Future<HttpClientRequest> made =
        handler == null ? null : MeshRequest.takeOver(client, vertx, settings, request);
    if (made == null || handler == null) {
      return false;
    }
    made.onComplete(handler);
    return true;
  }
}
