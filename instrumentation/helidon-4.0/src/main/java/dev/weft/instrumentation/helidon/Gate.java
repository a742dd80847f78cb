package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.SniffedSocket;
import dev.weft.instrumentation.SniffedSocket.Kind;
import dev.weft.transport.TransportSecurity.ServerTls;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What the mesh makes of one connection; its requests are decided one by one. */
final class Gate implements SniffedSocket.Gate {

  /** The first byte of a TLS record that carries a ClientHello. */
  private static final byte HANDSHAKE = 0x16;

  private final InetSocketAddress peer;
  private final int localPort;
  private final Queue<Runnable> atEnd = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable SSLContext context;
  private volatile boolean secured;

  Gate(InetSocketAddress peer, int localPort, Runnable atEnd) {
    this.peer = peer;
    this.localPort = localPort;
    this.atEnd.add(atEnd);
  }

  @Override
  public boolean isUnencrypted() {
    return rule().mode() == ServerTls.Mode.DISABLE;
  }

  private ServerTls rule() {
    return Mesh.transport().server(localPort);
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
    if (session != null) {
      secured = true;
      Mesh.transport().connected(peer, localPort, session);
    }
    return true;
  }

  @Override
  public Future<?> after(int millis, Runnable task) {
    return Mesh.timer().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code task} when the connection is over; at once where it is. */
  void onEnd(Runnable task) {
    atEnd.add(task);
    if (ended.get()) {
      runAll();
    }
  }

  @Override
  public void end() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    runAll();
    if (secured) {
      Mesh.transport().disconnected(peer, localPort);
    }
  }

  private void runAll() {
    for (Runnable task = atEnd.poll(); task != null; task = atEnd.poll()) {
      task.run();
    }
  }
}
