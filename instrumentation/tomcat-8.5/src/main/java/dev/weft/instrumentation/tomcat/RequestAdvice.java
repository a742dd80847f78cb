package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.jspecify.annotations.Nullable;

/**
 * On {@code CoyoteAdapter.postParseRequest}, which every request goes through before the first
 * valve, and once more when a valve rewrites it.
 */
final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.Argument(0) org.apache.coyote.Request raw, @Advice.Argument(1) Request request) {
    RequestConnection.attach(raw, request);
  }

  /** False where the request was answered here: Tomcat goes no further; null to leave it. */
  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.Argument(0) org.apache.coyote.Request raw,
      @Advice.Argument(1) Request request,
      @Advice.Argument(3) Response response,
      @Advice.Return boolean accepted) {
    boolean refused = accepted && !ServedRequest.letsIn(raw, request, response);
    return refused ? Boolean.FALSE : null;
  }
}
