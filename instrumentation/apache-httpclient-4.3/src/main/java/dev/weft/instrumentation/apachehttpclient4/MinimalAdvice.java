package dev.weft.instrumentation.apachehttpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.jspecify.annotations.Nullable;

/**
 * On {@code MinimalClientExec.execute}, the whole chain of a minimal client, which nothing can
 * decorate: the outer call is answered by our link, which calls it again from inside.
 */
final class MinimalAdvice {

  private MinimalAdvice() {}

  /** Response and failure, one of them null; null altogether for a call from inside. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static Object @Nullable [] enter(
      @Advice.This ClientExecChain exec,
      @Advice.Argument(0) HttpRoute route,
      @Advice.Argument(1) HttpRequestWrapper request,
      @Advice.Argument(2) HttpClientContext context,
      @Advice.Argument(3) @Nullable HttpExecutionAware caller) {
    if (MeshExec.isInside(context)) {
      return null;
    }
    try {
      return new Object[] {new MeshExec(exec).execute(route, request, context, caller), null};
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
