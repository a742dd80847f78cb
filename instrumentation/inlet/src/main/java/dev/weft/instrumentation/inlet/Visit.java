package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.instrumentation.PortGate;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One connection, as the mesh decides it: by its first byte, then by who it is. */
final class Visit extends PortGate {

  /** How long a handshake may take: milliseconds. */
  static final int HANDSHAKE_MILLIS = 10_000;

  final InetSocketAddress peer;
  final InetSocketAddress local;
  private volatile @Nullable InboundCall call;

  Visit(InetSocketAddress peer, InetSocketAddress local) {
    super(peer, local.getPort());
    this.peer = peer;
    this.local = local;
  }

  @Override
  public boolean admit(@Nullable SSLSession session, Runnable abort) {
    try {
      super.admit(session, abort);
      if (Mesh.ports().decidesRequests(local.getPort())) {
        return true;
      }
      InboundCall opened = Mesh.inbound().openConnection(peer, local.getPort());
      call = opened;
      if (opened.reply() != null) {
        return false;
      }
      opened.onRevoked(abort);
      return true;
    } catch (RuntimeException e) {
      Mesh.problem("inlet admission", e);
      return false;
    }
  }

  @Override
  protected void ended() {
    InboundCall open = call;
    if (open != null) {
      open.close(Outcome.COMPLETED, 0);
    }
  }
}
