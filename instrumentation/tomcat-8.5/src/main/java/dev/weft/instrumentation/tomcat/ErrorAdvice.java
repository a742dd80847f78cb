package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;

/**
 * On {@code StandardWrapperValve.exception}, which hears of what a servlet threw: too late for a
 * response that is under way.
 */
final class ErrorAdvice {

  private ErrorAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) Request request, @Advice.Argument(1) Response response) {
    if (response.isCommitted()) {
      ServedRequest.broken(request.getCoyoteRequest());
    }
  }
}
