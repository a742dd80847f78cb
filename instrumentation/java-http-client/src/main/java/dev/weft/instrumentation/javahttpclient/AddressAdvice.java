package dev.weft.instrumentation.javahttpclient;

import dev.weft.transport.Endpoint;
import java.net.InetSocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the endpoint's address, without looking the URI's host up: pools follow it. */
final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable InetSocketAddress enter(@Advice.This Object request) {
    Endpoint endpoint = Binding.endpointOf(request);
    return endpoint == null ? null : endpoint.socketAddress();
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable InetSocketAddress exit(@Advice.Enter @Nullable InetSocketAddress address) {
    return address;
  }
}
