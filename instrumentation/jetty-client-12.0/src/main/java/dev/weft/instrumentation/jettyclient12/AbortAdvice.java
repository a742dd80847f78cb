package dev.weft.instrumentation.jettyclient12;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.transport.HttpRequest;

/** The application gives a request up: what is sent in its place goes, too. */
final class AbortAdvice {

  private AbortAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This HttpRequest request, @Advice.Argument(0) Throwable cause) {
    JettyExchange.aborted(request, cause);
  }
}
