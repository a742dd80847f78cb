package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.SniffedSocket;
import dev.weft.instrumentation.SocketWrapper;
import io.helidon.webserver.ConnectionContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An accepted socket whose streams are without the TLS of the mesh. */
final class MeshSocket extends SocketWrapper {

  /** By the peer's address and the local port. */
  private static final Map<Map.Entry<SocketAddress, Integer>, MeshSocket> OPEN =
      new ConcurrentHashMap<>();

  private final SniffedSocket sniffed;
  private final Gate gate;
  private final Map.Entry<SocketAddress, Integer> key;

  private MeshSocket(Socket socket, InetSocketAddress peer) throws IOException {
    super(socket);
    this.key = new SimpleImmutableEntry<>(peer, socket.getLocalPort());
    this.gate = new Gate(peer, socket.getLocalPort(), () -> OPEN.remove(key, this));
    this.sniffed = new SniffedSocket(socket, gate);
  }

  /** Null for one that is no connection of TCP. */
  static @Nullable MeshSocket over(Socket accepted) {
    SocketAddress peer = accepted.getRemoteSocketAddress();
    if (!(peer instanceof InetSocketAddress) || accepted instanceof MeshSocket) {
      return null;
    }
    try {
      MeshSocket made = new MeshSocket(accepted, (InetSocketAddress) peer);
      OPEN.put(made.key, made);
      made.sniffed.decideAtOnce();
      return made;
    } catch (IOException | RuntimeException e) {
      // Without us it would be open to everybody.
      Mesh.problem("helidon accept", e);
      try {
        accepted.close();
      } catch (IOException closed) {
        // It is closed all the same.
      }
      return null;
    }
  }

  /** The open one under {@code context}; null where the application speaks TLS itself. */
  static @Nullable MeshSocket under(ConnectionContext context) {
    return OPEN.get(
        new SimpleImmutableEntry<>(context.remotePeer().address(), context.localPeer().port()));
  }

  /** Ends the connection without a goodbye; does not block. */
  void cut() {
    sniffed.cut();
  }

  /** Runs {@code task} when the connection is over. */
  void onEnd(Runnable task) {
    gate.onEnd(task);
  }

  @Override
  public InputStream getInputStream() {
    return sniffed.input();
  }

  @Override
  public OutputStream getOutputStream() {
    return sniffed.output();
  }

  @Override
  public synchronized void close() throws IOException {
    sniffed.closing();
    super.close();
  }

  @Override
  public void shutdownOutput() throws IOException {
    sniffed.sayGoodbye();
    super.shutdownOutput();
  }
}
