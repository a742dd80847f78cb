package dev.weft.instrumentation.jettyclient9;

import dev.weft.transport.Endpoint;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.Origin;
import org.jspecify.annotations.Nullable;

/** The destination of an attempt has the address of its endpoint, which needs no look-up. */
final class AddressAdvice {

  private AddressAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.This HttpDestination destination) {
    Object tag = destination.getOrigin().getTag();
    if (!(tag instanceof MeshTag)) {
      return null;
    }
    Endpoint endpoint = ((MeshTag) tag).endpoint();
    return new Origin.Address(endpoint.address().getHostAddress(), endpoint.port());
  }
}
