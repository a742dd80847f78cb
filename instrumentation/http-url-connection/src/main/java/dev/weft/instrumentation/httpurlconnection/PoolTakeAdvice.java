package dev.weft.instrumentation.httpurlconnection;

import dev.weft.transport.Endpoint;
import java.net.URL;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Looks in the JDK's pool under the endpoint as well: the pool's key has a field for it (a socket
 * factory's, compared by identity), which {@code http:} leaves empty.
 */
final class PoolTakeAdvice {

  private PoolTakeAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  static @Nullable Endpoint enter(
      @Advice.Argument(0) URL url, @Advice.Argument(1) @Nullable Object key) {
    Route route = key == null ? Route.of(url) : null;
    return route == null ? null : route.endpoint();
  }

  @Advice.OnMethodExit(inline = false)
  static void exit(@Advice.Argument(0) URL url, @Advice.Return @Nullable Object client) {
    Route route = client == null ? null : Route.of(url);
    if (route != null && client != null) {
      route.took(client);
    }
  }
}
