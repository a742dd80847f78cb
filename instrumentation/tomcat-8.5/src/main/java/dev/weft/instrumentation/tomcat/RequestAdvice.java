package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.connector.Request;

/** On {@code CoyoteAdapter.postParseRequest}, which every request goes through once. */
final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(
      @Advice.Argument(0) org.apache.coyote.Request raw, @Advice.Argument(1) Request request) {
    RequestConnection.attach(raw, request);
  }
}
