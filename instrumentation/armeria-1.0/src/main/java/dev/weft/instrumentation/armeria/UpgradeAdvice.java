package dev.weft.instrumentation.armeria;

import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToFields.ToField;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Lets a connection that asks for an upgrade to HTTP/2 name its server by the IP address: the name
 * of an endpoint is nobody else's business.
 */
final class UpgradeAdvice {

  private UpgradeAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToFields(
      @ToField(value = "remoteAddress", typing = Assigner.Typing.DYNAMIC))
  static @Nullable Object exit(@Advice.Argument(1) @Nullable Object remote)
      throws UnknownHostException {
    InetSocketAddress address =
        remote instanceof InetSocketAddress ? (InetSocketAddress) remote : null;
    if (address == null
        || address.isUnresolved()
        || !Endpoint.isSynthetic(address.getHostString())) {
      return null;
    }
    InetAddress nameless = InetAddress.getByAddress(address.getAddress().getAddress());
    return new InetSocketAddress(nameless, address.getPort());
  }
}
