package dev.weft.instrumentation.apachehttpclient40;

import java.net.InetAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code resolveHostname(host)}: the address of an endpoint is known, not looked up. */
final class ResolveAdvice {

  private ResolveAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static InetAddress @Nullable [] enter(@Advice.Argument(0) @Nullable String host) {
    InetAddress address = EndpointName.address(host);
    return address == null ? null : new InetAddress[] {address};
  }

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Enter InetAddress @Nullable [] known) {
    return known;
  }
}
