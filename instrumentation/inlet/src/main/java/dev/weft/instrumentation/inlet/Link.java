package dev.weft.instrumentation.inlet;

import dev.weft.bootstrap.Mesh;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the peer on one side, the server on the other, behind the near end of a loopback
 * connection. What one side does (ends its half, resets, stops reading) happens to the other. All
 * on the pump's thread but {@link #onServerClosed}.
 */
final class Link {

  /** Steps before others have their turn. */
  private static final int STEPS = 16;

  /** Encrypted bytes that wait for the peer before no more of its own are read. */
  private static final int MOST_WAITING = 64 * 1024;

  private static final long SECOND = 1_000_000_000L;
  private static final long LINGER_NANOS = 2 * SECOND;

  /** How long a peer may read nothing of what a server left behind. */
  private static final long DEAF_NANOS = 60 * SECOND;

  private enum State {
    SNIFF,
    HANDSHAKE,
    OPEN,
    /** The end is said, and what still comes is not looked at. */
    LINGER,
    CLOSED
  }

  private final Pump pump;
  private final SocketChannel peer;
  private final SocketChannel near;
  private final Visit visit;
  private final WeakReference<SocketChannel> far;
  private final Bytes fromPeer;
  private final Bytes toServer;
  private final Bytes toPeer;
  private @Nullable SelectionKey peerKey;
  private @Nullable SelectionKey nearKey;
  private @Nullable Tls tls;
  private State state = State.SNIFF;

  /** When to end a handshake or a linger. */
  private long deadline;

  private long movedAt;
  private boolean peerEnded;
  private boolean serverToldEnd;
  private boolean serverEnded;
  private boolean peerToldEnd;

  /** It does not take what comes any more. */
  private boolean serverDeaf;

  private boolean serverClosed;

  Link(
      Pump pump,
      SocketChannel peer,
      SocketChannel near,
      Visit visit,
      WeakReference<SocketChannel> far) {
    this.pump = pump;
    this.peer = peer;
    this.near = near;
    this.visit = visit;
    this.far = far;
    this.fromPeer = new Bytes(pump);
    this.toServer = new Bytes(pump);
    this.toPeer = new Bytes(pump);
  }

  void start(Selector selector) {
    try {
      peerKey = peer.register(selector, SelectionKey.OP_READ, this);
      nearKey = near.register(selector, 0, this);
    } catch (IOException | RuntimeException e) {
      reset();
    }
  }

  /** The server closed its channel; any thread. */
  void onServerClosed() {
    pump.execute(
        () -> {
          serverClosed = true;
          movedAt = System.nanoTime();
          if (state == State.SNIFF || state == State.HANDSHAKE) {
            close();
          } else {
            move();
          }
        });
  }

  /** Moves what can be moved. */
  void move() {
    try {
      boolean moved = true;
      for (int i = 0; moved && i < STEPS; i++) {
        moved = step();
      }
      if (moved) {
        pump.execute(this::move);
      }
      watch();
    } catch (SSLException refused) {
      sayGoodbye();
      refuse();
    } catch (IOException | CancelledKeyException e) {
      reset();
    } catch (RuntimeException e) {
      Mesh.problem("inlet link", e);
      reset();
    }
  }

  private boolean step() throws IOException {
    switch (state) {
      case SNIFF:
        return sniff();
      case HANDSHAKE:
        return handshake();
      case OPEN:
        // In this order: what a server said before it closed goes out.
        boolean out = fromServer();
        boolean in = fromPeer();
        return state == State.OPEN && (out || in);
      case LINGER:
        return linger();
      default:
        return false;
    }
  }

  private boolean sniff() throws IOException {
    int count = fromPeer.readFrom(peer);
    if (count < 0) {
      close();
    }
    if (count <= 0) {
      return false;
    }
    switch (visit.judge(fromPeer.first())) {
      case TLS:
        tls = new Tls(visit.context(), fromPeer, toPeer, toServer);
        deadline = System.nanoTime() + Visit.HANDSHAKE_MILLIS * 1_000_000L;
        state = State.HANDSHAKE;
        return true;
      case PLAINTEXT:
        return open();
      default:
        refuse();
        return false;
    }
  }

  private boolean open() {
    Tls over = tls;
    if (visit.admit(over == null ? null : over.session(), this::abort)) {
      state = State.OPEN;
      return true;
    }
    sayGoodbye();
    refuse();
    return false;
  }

  private void abort() {
    pump.execute(this::reset);
  }

  private boolean handshake() throws IOException {
    Tls over = tls;
    if (over == null || !toPeer.writeTo(peer)) {
      return false;
    }
    switch (over.shake(peer)) {
      case DONE:
        return open();
      case MOVED:
        return true;
      default:
        return false;
    }
  }

  private boolean fromPeer() throws IOException {
    if (!delivered(toServer)) {
      return false;
    }
    if (peerEnded) {
      tellServerEnd();
      return false;
    }
    if (toPeer.size() > MOST_WAITING) {
      return false;
    }
    Tls over = tls;
    if (over != null) {
      int result = over.decrypt(peer);
      peerEnded = result < 0;
      return result != 0;
    }
    if (!fromPeer.isEmpty()) {
      return delivered(fromPeer);
    }
    ByteBuffer scratch = scratch();
    int count = peer.read(scratch);
    peerEnded = count < 0;
    scratch.flip();
    toServer.put(scratch);
    return count != 0;
  }

  /** Whether the server has all of {@code bytes}, or does not want them. */
  private boolean delivered(Bytes bytes) {
    if (!serverDeaf && !serverClosed) {
      try {
        return bytes.writeTo(near);
      } catch (IOException e) {
        // It may have said something before it went.
        serverDeaf = true;
      }
    }
    bytes.discard();
    return true;
  }

  private void tellServerEnd() {
    if (!serverToldEnd) {
      serverToldEnd = true;
      shutdownOutput(near);
    }
    if (peerToldEnd) {
      close();
    }
  }

  private boolean fromServer() throws IOException {
    int waiting = toPeer.size();
    boolean written = toPeer.writeTo(peer);
    if (toPeer.size() < waiting) {
      movedAt = System.nanoTime();
    }
    if (!written) {
      return false;
    }
    if (serverEnded) {
      tellPeerEnd();
      return false;
    }
    ByteBuffer scratch = scratch();
    int count = near.read(scratch);
    if (count == 0) {
      return false;
    }
    Tls over = tls;
    if (count < 0) {
      serverEnded = true;
      if (over != null) {
        over.sayGoodbye();
      }
      return true;
    }
    scratch.flip();
    if (over == null) {
      peer.write(scratch);
      toPeer.put(scratch);
    } else {
      over.encrypt(scratch);
    }
    return true;
  }

  private void tellPeerEnd() {
    if (!peerToldEnd) {
      peerToldEnd = true;
      shutdownOutput(peer);
    }
    if (peerEnded) {
      close();
    } else if (serverClosed) {
      startLinger();
    }
  }

  private ByteBuffer scratch() {
    ByteBuffer scratch = pump.scratch;
    scratch.clear();
    return scratch;
  }

  /** The goodbye of TLS, or its alert, as far as it goes at once. */
  private void sayGoodbye() {
    Tls over = tls;
    if (over == null) {
      return;
    }
    try {
      over.sayGoodbye();
      toPeer.writeTo(peer);
    } catch (IOException | RuntimeException e) {
      // The connection ends all the same.
    }
  }

  /** Ends the connection by our own will; the server sees no more of it. */
  private void refuse() {
    if (state == State.OPEN) {
      lingerNot(near);
    }
    shutdownOutput(peer);
    startLinger();
  }

  /** A close with unread bytes would be a reset, which may overtake what was said last. */
  private void startLinger() {
    if (state == State.CLOSED || state == State.LINGER) {
      return;
    }
    state = State.LINGER;
    deadline = System.nanoTime() + LINGER_NANOS;
    closeQuietly(near);
    discard();
    try {
      watch();
    } catch (CancelledKeyException e) {
      close();
    }
  }

  private boolean linger() throws IOException {
    int count = peer.read(scratch());
    if (count < 0) {
      close();
    }
    return count > 0;
  }

  private void watch() {
    SelectionKey ofPeer = peerKey;
    SelectionKey ofNear = nearKey;
    if (state == State.CLOSED || ofPeer == null || ofNear == null) {
      return;
    }
    boolean open = state == State.OPEN;
    boolean reads = !open || (toServer.isEmpty() && !peerEnded && toPeer.size() <= MOST_WAITING);
    int peerOps =
        (reads ? SelectionKey.OP_READ : 0) | (toPeer.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    if (ofPeer.interestOps() != peerOps) {
      ofPeer.interestOps(peerOps);
    }
    if (!ofNear.isValid()) {
      return;
    }
    boolean writes = open && !(toServer.isEmpty() && (tls != null || fromPeer.isEmpty()));
    int nearOps =
        (open && toPeer.isEmpty() && !serverEnded ? SelectionKey.OP_READ : 0)
            | (writes ? SelectionKey.OP_WRITE : 0);
    if (ofNear.interestOps() != nearOps) {
      ofNear.interestOps(nearOps);
    }
  }

  /** Now and then: ends what took too long, and what the server forgot. */
  void sweep(long now) {
    boolean late = (state == State.HANDSHAKE || state == State.LINGER) && now - deadline > 0;
    boolean deaf = state == State.OPEN && serverClosed && now - movedAt > DEAF_NANOS;
    if (late) {
      close();
    } else if (deaf || (far.get() == null && !serverClosed && state != State.LINGER)) {
      reset();
    }
  }

  /** Breaks both sides off. */
  void reset() {
    lingerNot(peer);
    lingerNot(near);
    close();
  }

  private void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    closeQuietly(peer);
    closeQuietly(near);
    discard();
    pump.remove(this);
    visit.end();
  }

  private void discard() {
    fromPeer.discard();
    toServer.discard();
    toPeer.discard();
  }

  private static void lingerNot(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | RuntimeException alreadyClosed) {
      // Nothing is left to be reset.
    }
  }

  private static void shutdownOutput(SocketChannel channel) {
    try {
      channel.shutdownOutput();
    } catch (IOException alreadyGone) {
      // That is an end as well.
    }
  }

  static void closeQuietly(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
