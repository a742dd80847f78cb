package dev.weft.instrumentation.inlet;

import dev.weft.instrumentation.Alpn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/** The server's side of TLS over a channel that does not block. Of a pump's thread. */
final class Tls {

  private final SSLEngine engine;
  private final Bytes fromPeer;
  private final Bytes toPeer;
  private final Bytes toServer;

  /** Where the shake stands. */
  enum Handshake {
    MOVED,
    WAITS,
    DONE
  }

  /**
   * @param fromPeer encrypted, with what was read already
   * @param toPeer encrypted
   * @param toServer decrypted
   */
  Tls(SSLContext context, Bytes fromPeer, Bytes toPeer, Bytes toServer) throws SSLException {
    this.fromPeer = fromPeer;
    this.toPeer = toPeer;
    this.toServer = toServer;
    this.engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    Alpn.choose(engine, "http/1.1");
    engine.beginHandshake();
  }

  SSLSession session() {
    return engine.getSession();
  }

  /**
   * One step of the handshake.
   *
   * @throws IOException when the peer is gone, or is refused: {@link #sayGoodbye} has its alert
   */
  Handshake shake(SocketChannel peer) throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK:
        runTasks();
        return Handshake.MOVED;
      case NEED_WRAP:
        encrypt(Bytes.NONE);
        return Handshake.MOVED;
      case NOT_HANDSHAKING:
      case FINISHED:
        return Handshake.DONE;
      default:
        switch (decrypt(peer)) {
          case 0:
            return Handshake.WAITS;
          case 1:
            return Handshake.MOVED;
          default:
            throw new SSLException("the peer left the handshake");
        }
    }
  }

  /**
   * Takes one record, from the peer if none is there, and answers what TLS itself must answer.
   *
   * @return 1 when something moved, 0 when the peer must send more, -1 at the end
   */
  int decrypt(SocketChannel peer) throws IOException {
    for (; ; ) {
      SSLEngineResult.Status status =
          fromPeer.isEmpty() ? SSLEngineResult.Status.BUFFER_UNDERFLOW : unwrap();
      switch (status) {
        case CLOSED:
          return -1;
        case BUFFER_UNDERFLOW:
          int count = fill(peer);
          if (count <= 0) {
            return count;
          }
          break;
        default:
          return 1;
      }
    }
  }

  private int fill(SocketChannel peer) throws IOException {
    try {
      int room = Math.max(1, engine.getSession().getPacketBufferSize() - fromPeer.size());
      return peer.read(fromPeer.toFill(room));
    } finally {
      fromPeer.filled();
    }
  }

  private SSLEngineResult.Status unwrap() throws SSLException {
    SSLEngineResult result;
    try {
      ByteBuffer target = toServer.toFill(engine.getSession().getApplicationBufferSize());
      result = engine.unwrap(fromPeer.toDrain(), target);
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record larger than its session has");
      }
    } finally {
      toServer.filled();
      fromPeer.drained();
    }
    if (result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    if (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
        && !engine.isOutboundDone()) {
      encrypt(Bytes.NONE);
    }
    return result.getStatus();
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Encrypts all of {@code source}, or what TLS itself has to say. */
  void encrypt(ByteBuffer source) throws SSLException {
    do {
      SSLEngineResult result;
      try {
        ByteBuffer target = toPeer.toFill(engine.getSession().getPacketBufferSize());
        result = engine.wrap(source, target);
      } finally {
        toPeer.filled();
      }
      if (source.hasRemaining() && result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
        throw new SSLException("TLS takes nothing any more: " + result);
      }
    } while (source.hasRemaining());
  }

  /** Encrypts the goodbye, or the alert of a failure. */
  void sayGoodbye() throws SSLException {
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      int before = toPeer.size();
      encrypt(Bytes.NONE);
      if (toPeer.size() == before) {
        return;
      }
    }
  }
}
