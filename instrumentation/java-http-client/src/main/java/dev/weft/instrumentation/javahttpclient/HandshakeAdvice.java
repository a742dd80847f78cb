package dev.weft.instrumentation.javahttpclient;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.net.ConnectException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Looks at the peer once more after the handshake, before anything is sent. */
final class HandshakeAdvice {

  private HandshakeAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Throwable enter(@Advice.FieldValue("engine") SSLEngine engine) {
    String peerHost = engine.getPeerHost();
    if (peerHost == null || !Endpoint.isTls(peerHost)) {
      return null;
    }
    ClientTls tls = Mesh.transport().client(peerHost);
    if (tls == null) {
      return new ConnectException("no certificate any more to reach " + peerHost + " with");
    }
    try {
      tls.verify(engine.getSession());
      return null;
    } catch (SSLPeerUnverifiedException | RuntimeException e) {
      return e;
    }
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Throwable exit(@Advice.Enter @Nullable Throwable failure) {
    return failure;
  }
}
