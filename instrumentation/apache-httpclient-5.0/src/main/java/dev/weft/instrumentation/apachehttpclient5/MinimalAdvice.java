package dev.weft.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** On {@code MinimalHttpClient.doExecute}, which has no chain: a client with one sends instead. */
final class MinimalAdvice {

  private MinimalAdvice() {}

  /** Response and failure, one of them null. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static Object @Nullable [] enter(
      @Advice.This Object client,
      @Advice.FieldValue("connManager") HttpClientConnectionManager connections,
      @Advice.Argument(0) @Nullable HttpHost target,
      @Advice.Argument(1) ClassicHttpRequest request,
      @Advice.Argument(2) @Nullable HttpContext context) {
    if (target == null) {
      // The library says what is wrong with that.
      return null;
    }
    try {
      return new Object[] {Minimal.of(client, connections).execute(target, request, context), null};
    } catch (Throwable failure) {
      return new Object[] {null, failure};
    }
  }

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @ToThrown(index = 1, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static Object @Nullable [] exit(@Advice.Enter Object @Nullable [] result) {
    return result;
  }
}
