package dev.weft.instrumentation.jettyclient12;

import dev.weft.transport.Endpoint;
import java.util.concurrent.ConcurrentMap;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.jspecify.annotations.Nullable;

/** The destination of an attempt has the address of its endpoint, which needs no look-up. */
final class OriginAdvice {

  private OriginAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.This HttpClient client,
      @Advice.FieldValue("destinations") ConcurrentMap<Origin, HttpDestination> destinations,
      @Advice.Return Origin origin) {
    if (!(origin.getTag() instanceof MeshTag)) {
      return null;
    }
    MeshTag tag = (MeshTag) origin.getTag();
    Endpoint endpoint = tag.endpoint();
    Origin own =
        new Origin(
            origin.getScheme(),
            new Origin.Address(endpoint.address().getHostAddress(), endpoint.port()),
            tag,
            origin.getProtocol());
    new Destinations(client, destinations).onAsked(own);
    return own;
  }
}
