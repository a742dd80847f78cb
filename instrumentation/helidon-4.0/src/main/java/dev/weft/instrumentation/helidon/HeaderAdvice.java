package dev.weft.instrumentation.helidon;

import io.helidon.http.Header;
import net.bytebuddy.asm.Advice;

/** On the requests' {@code header(Header)}: the application sets one. */
final class HeaderAdvice {

  private HeaderAdvice() {}

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.This Object request, @Advice.Argument(0) Header header) {
    ChangedHeaders.set(request, header);
  }
}
