package dev.weft.instrumentation.servlet.javax;

import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code Filter.doFilter} and {@code Servlet.service}. */
final class ServeAdvice {

  private ServeAdvice() {}

  /**
   * A {@code Boolean} when the request was answered here, which skips the application; a {@link
   * ServedRequest} to end when this is the outermost call; null otherwise.
   */
  @Advice.OnMethodEnter(inline = false, skipOn = Boolean.class)
  static @Nullable Object enter(
      @Advice.Argument(0) ServletRequest request, @Advice.Argument(1) ServletResponse response) {
    return ServedRequest.enter(request, response);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter @Nullable Object entered, @Advice.Thrown @Nullable Throwable thrown) {
    if (entered instanceof ServedRequest) {
      ((ServedRequest) entered).exit(thrown);
    }
  }
}
