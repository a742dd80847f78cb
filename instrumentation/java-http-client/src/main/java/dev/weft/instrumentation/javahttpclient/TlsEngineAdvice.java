package dev.weft.instrumentation.javahttpclient;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Handshakes with an endpoint of the mesh in the mesh's own context. */
final class TlsEngineAdvice {

  private TlsEngineAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  static @Nullable SSLContext enter(
      @Advice.Argument(1) String peerHost, @Advice.Argument(3) SSLParameters parameters) {
    // Without a context of ours the handshake fails: nothing else trusts such a peer.
    ClientTls tls = Endpoint.isTls(peerHost) ? Mesh.transport().client(peerHost) : null;
    if (tls == null) {
      return null;
    }
    // Made for this engine alone.
    tls.setServerName(parameters);
    return tls.context();
  }
}
