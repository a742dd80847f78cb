package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.instrumentation.SniffedSocket;
import dev.weft.instrumentation.SniffedSocket.Kind;
import dev.weft.outbound.Outcome;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One connection, as the mesh decides it: by its first byte, then by who it is. */
final class Visit implements SniffedSocket.Gate {

  /** How long a handshake may take: milliseconds. */
  static final int HANDSHAKE_MILLIS = 10_000;

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final byte HANDSHAKE = 0x16;

  final InetSocketAddress peer;
  final InetSocketAddress local;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable SSLContext context;
  private volatile @Nullable InboundCall call;
  private volatile boolean secured;

  Visit(InetSocketAddress peer, InetSocketAddress local) {
    this.peer = peer;
    this.local = local;
  }

  private ServerTls rule() {
    return Mesh.transport().server(local.getPort());
  }

  @Override
  public boolean isUnencrypted() {
    return rule().mode() == ServerTls.Mode.DISABLE;
  }

  @Override
  public Kind judge(byte first) {
    ServerTls rule = rule();
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      return Kind.PLAINTEXT;
    }
    if (first == HANDSHAKE) {
      context = rule.context();
      return context == null ? Kind.REFUSED : Kind.TLS;
    }
    return rule.mode() == ServerTls.Mode.STRICT ? Kind.REFUSED : Kind.PLAINTEXT;
  }

  @Override
  public SSLContext context() {
    SSLContext made = context;
    if (made == null) {
      throw new IllegalStateException("not TLS");
    }
    return made;
  }

  @Override
  public boolean admit(@Nullable SSLSession session, Runnable abort) {
    try {
      if (session != null) {
        secured = true;
        Mesh.transport().connected(peer, local.getPort(), session);
      }
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
  public Future<?> after(int millis, Runnable task) {
    return Mesh.timer().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void end() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    InboundCall open = call;
    if (open != null) {
      open.close(Outcome.COMPLETED, 0);
    }
    if (secured) {
      Mesh.transport().disconnected(peer, local.getPort());
    }
  }
}
