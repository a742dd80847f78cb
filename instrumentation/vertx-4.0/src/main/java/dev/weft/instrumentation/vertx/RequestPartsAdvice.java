package dev.weft.instrumentation.vertx;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** As {@link RequestAdvice}, for the parts of a request. */
final class RequestPartsAdvice {

  private RequestPartsAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Object vertx,
      @Advice.FieldValue("options") HttpClientOptions settings,
      @Advice.Argument(0) @Nullable HttpMethod method,
      @Advice.Argument(1) int port,
      @Advice.Argument(2) @Nullable String host,
      @Advice.Argument(3) @Nullable String uri) {
    return MeshRequest.takeOver(client, vertx, settings, options(method, port, host, uri));
  }

  /** The same as options; null where the client will complain about them. */
  static @Nullable RequestOptions options(
      @Nullable HttpMethod method, int port, @Nullable String host, @Nullable String uri) {
    return method == null || host == null || uri == null
        ? null
        : new RequestOptions().setMethod(method).setPort(port).setHost(host).setURI(uri);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object made) {
    return made;
  }
}
