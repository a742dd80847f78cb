package dev.weft.instrumentation.tomcat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * TLS of one connection without its input and output: what arrived goes into {@link #arrived()},
 * what must leave comes out of {@link #leaving()}. One thread at a time reads, one at a time
 * writes; the two may be different, so whoever touches {@link #leaving()} holds {@link #writing}.
 */
final class TlsPump {

  /** What a handshake needs next. */
  enum Step {
    /** More in {@link #arrived()}. */
    INPUT,
    /** That {@link #leaving()} has left. */
    OUTPUT,
    DONE
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final ReentrantLock writing = new ReentrantLock();

  private final SSLEngine engine;

  /** To be written to, except while the engine reads it. */
  private ByteBuffer arrived;

  /** To be read from, except while the engine writes it. */
  private ByteBuffer leaving;

  /** Decrypted and not taken yet; to be read from. */
  private ByteBuffer decrypted = NOTHING;

  /**
   * @param first what was read of the connection already
   */
  TlsPump(SSLEngine engine, ByteBuffer first) throws SSLException {
    this.engine = engine;
    engine.beginHandshake();
    int size = engine.getSession().getPacketBufferSize();
    arrived = ByteBuffer.allocate(size);
    arrived.put(first);
    leaving = ByteBuffer.allocate(size);
    leaving.flip();
  }

  SSLSession session() {
    return engine.getSession();
  }

  /** Where to put what arrives; has room. */
  ByteBuffer arrived() {
    if (!arrived.hasRemaining()) {
      int size = Math.max(engine.getSession().getPacketBufferSize(), 2 * arrived.capacity());
      ByteBuffer larger = ByteBuffer.allocate(size);
      arrived.flip();
      arrived = larger.put(arrived);
    }
    return arrived;
  }

  /** What must leave, to be read from. */
  ByteBuffer leaving() {
    return leaving;
  }

  /**
   * Hands out what must leave, and begins anew; under {@link #writing}. Nothing else touches what
   * was handed out.
   */
  ByteBuffer takeLeaving() {
    if (!leaving.hasRemaining()) {
      return NOTHING;
    }
    ByteBuffer taken = leaving;
    leaving = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    leaving.flip();
    return taken;
  }

  /** Goes on with the handshake until it needs something, or is done. */
  Step handshake() throws SSLException {
    writing.lock();
    try {
      while (!leaving.hasRemaining()) {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_WRAP) {
          wrap(new ByteBuffer[] {NOTHING}, 0, 1);
        } else if (status == HandshakeStatus.NEED_TASK) {
          runTasks();
        } else if (status != HandshakeStatus.NEED_UNWRAP) {
          return Step.DONE;
        } else if (!unwrapsHandshake()) {
          return Step.INPUT;
        }
      }
      return Step.OUTPUT;
    } finally {
      writing.unlock();
    }
  }

  private boolean unwrapsHandshake() throws SSLException {
    SSLEngineResult result = unwrap(new ByteBuffer[] {NOTHING}, 0, 1);
    if (result.getStatus() == Status.CLOSED) {
      throw new SSLException("closed in the handshake");
    }
    return result.getStatus() == Status.OK
        && (result.bytesConsumed() > 0
            || result.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP);
  }

  /**
   * Decrypts what arrived.
   *
   * @return bytes given; 0 when a whole record has yet to arrive, -1 when the peer said goodbye
   */
  long decrypt(ByteBuffer[] to, int offset, int length) throws IOException {
    long given = take(to, offset, length);
    if (given > 0 || remaining(to, offset, length) == 0) {
      return given;
    }
    while (true) {
      SSLEngineResult result = unwrap(to, offset, length);
      boolean tooSmall = result.getStatus() == Status.BUFFER_OVERFLOW;
      if (tooSmall) {
        if (given > 0) {
          return given;
        }
        if (decrypted.capacity() == 0) {
          decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        }
        decrypted.clear();
        try {
          result = unwrap(new ByteBuffer[] {decrypted}, 0, 1);
        } finally {
          decrypted.flip();
        }
        given = take(to, offset, length);
      } else {
        given += result.bytesProduced();
      }
      answerPeer(result.getHandshakeStatus());
      if (result.getStatus() == Status.CLOSED) {
        return given > 0 ? given : -1;
      }
      if (result.getStatus() != Status.OK
          || result.bytesConsumed() == 0
          || (tooSmall && given > 0)) {
        return given;
      }
    }
  }

  /** TLS 1.3 changes keys without a handshake; anything else is an attempt at another one. */
  private void answerPeer(HandshakeStatus wanted) throws SSLException {
    HandshakeStatus status = wanted;
    while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
      if (!engine.isInboundDone() && !"TLSv1.3".equals(engine.getSession().getProtocol())) {
        throw new SSLException("the peer wants another handshake");
      }
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else {
        writing.lock();
        try {
          if (wrap(new ByteBuffer[] {NOTHING}, 0, 1).getStatus() == Status.CLOSED) {
            return;
          }
        } finally {
          writing.unlock();
        }
      }
      status = engine.getHandshakeStatus();
    }
  }

  /**
   * Encrypts at most one record into {@link #leaving()}; under {@link #writing}.
   *
   * @return bytes taken
   */
  int encrypt(ByteBuffer[] from, int offset, int length) throws IOException {
    SSLEngineResult result = wrap(from, offset, length);
    if (result.getStatus() == Status.CLOSED) {
      throw new ClosedChannelException();
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    return result.bytesConsumed();
  }

  /** Puts what ends the session into {@link #leaving()}, be it goodbye or what the engine found. */
  void sayGoodbye() throws SSLException {
    writing.lock();
    try {
      engine.closeOutbound();
      for (int i = 0; i < 2 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
        wrap(new ByteBuffer[] {NOTHING}, 0, 1);
      }
    } finally {
      writing.unlock();
    }
  }

  static long remaining(ByteBuffer[] buffers, int offset, int length) {
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += buffers[i].remaining();
    }
    return sum;
  }

  /** Moves one buffer's bytes into the first of {@code to} with room; as many as fit. */
  static long move(ByteBuffer from, ByteBuffer[] to, int offset, int length) {
    long before = from.remaining();
    for (int i = offset; i < offset + length && from.hasRemaining(); i++) {
      int count = Math.min(from.remaining(), to[i].remaining());
      ByteBuffer part = from.duplicate();
      part.limit(part.position() + count);
      to[i].put(part);
      from.position(from.position() + count);
    }
    return before - from.remaining();
  }

  private long take(ByteBuffer[] to, int offset, int length) {
    return decrypted.hasRemaining() ? move(decrypted, to, offset, length) : 0;
  }

  private SSLEngineResult unwrap(ByteBuffer[] to, int offset, int length) throws SSLException {
    arrived.flip();
    try {
      return engine.unwrap(arrived, to, offset, length);
    } finally {
      arrived.compact();
    }
  }

  /** Adds to what must leave; there is always room. */
  private SSLEngineResult wrap(ByteBuffer[] from, int offset, int length) throws SSLException {
    int room = engine.getSession().getPacketBufferSize();
    while (true) {
      leaving.compact();
      if (leaving.remaining() < room) {
        ByteBuffer larger = ByteBuffer.allocate(leaving.position() + room);
        leaving.flip();
        leaving = larger.put(leaving);
      }
      SSLEngineResult result;
      try {
        result = engine.wrap(from, offset, length, leaving);
      } finally {
        leaving.flip();
      }
      if (result.getStatus() != Status.BUFFER_OVERFLOW) {
        return result;
      }
      room *= 2;
    }
  }

  private void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }
}
