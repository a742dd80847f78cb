package dev.weft.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** As {@link RequestHandlerAdvice}, for the parts of a request. */
final class RequestPartsHandlerAdvice {

  private RequestPartsHandlerAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Object vertx,
      @Advice.FieldValue("options") HttpClientOptions settings,
      @Advice.Argument(0) @Nullable HttpMethod method,
      @Advice.Argument(1) int port,
      @Advice.Argument(2) @Nullable String host,
      @Advice.Argument(3) @Nullable String uri,
      @Advice.Argument(4) @Nullable Handler<AsyncResult<HttpClientRequest>> handler) {
    return RequestHandlerAdvice.enter(
        client, vertx, settings, RequestPartsAdvice.options(method, port, host, uri), handler);
  }
}
