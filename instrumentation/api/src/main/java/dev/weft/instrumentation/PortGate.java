package dev.weft.instrumentation;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Takes TLS and plaintext as the rule of the port says, and tells the mesh of the peer. */
public abstract class PortGate implements SniffedSocket.Gate {

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final byte HANDSHAKE = 0x16;

  private final InetSocketAddress peer;
  private final int localPort;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable SSLContext context;
  private volatile boolean secured;

  protected PortGate(InetSocketAddress peer, int localPort) {
    this.peer = peer;
    this.localPort = localPort;
  }

  private ServerTls rule() {
    return Mesh.transport().server(localPort);
  }

  @Override
  public final boolean isUnencrypted() {
    return rule().mode() == ServerTls.Mode.DISABLE;
  }

  @Override
  public final SniffedSocket.Kind judge(byte first) {
    ServerTls rule = rule();
    if (rule.mode() == ServerTls.Mode.DISABLE) {
      return SniffedSocket.Kind.PLAINTEXT;
    }
    if (first == HANDSHAKE) {
      context = rule.context();
      return context == null ? SniffedSocket.Kind.REFUSED : SniffedSocket.Kind.TLS;
    }
    return rule.mode() == ServerTls.Mode.STRICT
        ? SniffedSocket.Kind.REFUSED
        : SniffedSocket.Kind.PLAINTEXT;
  }

  @Override
  public final SSLContext context() {
    SSLContext made = context;
    if (made == null) {
      throw new IllegalStateException("not TLS");
    }
    return made;
  }

  /** Lets in whoever got so far. */
  @Override
  public boolean admit(@Nullable SSLSession session, Runnable abort) {
    if (session != null) {
      secured = true;
      Mesh.transport().connected(peer, localPort, session);
    }
    return true;
  }

  @Override
  public final Future<?> after(int millis, Runnable task) {
    return Mesh.timer().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  protected final boolean isOver() {
    return ended.get();
  }

  @Override
  public final void end() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    ended();
    if (secured) {
      Mesh.transport().disconnected(peer, localPort);
    }
  }

  /** The connection is over, and the mesh still knows the peer. */
  protected abstract void ended();
}
