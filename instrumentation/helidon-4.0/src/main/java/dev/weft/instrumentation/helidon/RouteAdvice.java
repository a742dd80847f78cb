package dev.weft.instrumentation.helidon;

import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code HttpRouting.route}, before filters and routes, of every version of HTTP. */
final class RouteAdvice {

  private RouteAdvice() {}

  /** Whether it was answered here, or null; the permitted request, or null. */
  @Advice.OnMethodEnter(inline = false, skipOn = Boolean.class, skipOnIndex = 0)
  static @Nullable Object[] enter(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) RoutingRequest request,
      @Advice.Argument(2) RoutingResponse response) {
    ServedRequest served = ServedRequest.enter(connection, request, response);
    return new @Nullable Object[] {served == null ? true : null, served};
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Thrown @Nullable Throwable thrown) {
    if (entered != null && entered[1] instanceof ServedRequest) {
      ((ServedRequest) entered[1]).exit(thrown);
    }
  }
}
