package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import java.util.function.BiConsumer;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** As {@link ProxyAdvice}, where the answer is given to a callback. */
final class ProxyLaterAdvice {

  private ProxyLaterAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.Argument(1) @Nullable Endpoint endpoint,
      @Advice.Argument(3)
          @Nullable BiConsumer<@Nullable ProxyConfig, @Nullable Throwable> onComplete) {
    ProxyConfig direct = ProxyAdvice.direct(endpoint);
    if (direct == null || onComplete == null) {
      return false;
    }
    onComplete.accept(direct, null);
    return true;
  }
}
