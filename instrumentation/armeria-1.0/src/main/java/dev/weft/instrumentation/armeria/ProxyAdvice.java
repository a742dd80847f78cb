package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** An attempt goes straight to its endpoint: the application's selector does not know its name. */
final class ProxyAdvice {

  private ProxyAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(@Advice.Argument(1) @Nullable Endpoint endpoint) {
    return direct(endpoint);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object proxy) {
    return proxy;
  }

  static @Nullable ProxyConfig direct(@Nullable Endpoint endpoint) {
    return endpoint != null && dev.weft.transport.Endpoint.isSynthetic(endpoint.host())
        ? ProxyConfig.direct()
        : null;
  }
}
