package dev.weft.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.connector.Request;

/** On {@code Request.recycle}, with which every request ends. */
final class RecycleAdvice {

  private RecycleAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.This Request request) {
    ServedRequest.over(request.getCoyoteRequest());
  }
}
