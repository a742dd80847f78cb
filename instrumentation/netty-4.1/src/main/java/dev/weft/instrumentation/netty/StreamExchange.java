package dev.weft.instrumentation.netty;

import dev.weft.context.CallContext;
import dev.weft.outbound.Outcome;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayDeque;
import java.util.Deque;

/** One request on a stream of HTTP/2, with the frames that wait for its verdict. */
final class StreamExchange {

  /** Something that was read and is told to the application later. */
  interface Frame {
    void tell() throws Http2Exception;

    /** It is never told. */
    default void drop() {}
  }

  enum State {
    DECIDING,
    LET_IN,
    REFUSED
  }

  final Exchange exchange;

  /** The check that decides it, where several are on a connection. */
  final FrameCheck owner;

  final Deque<Frame> held = new ArrayDeque<>(2);
  State state = State.DECIDING;

  /** Our side of the stream ended as it should. */
  boolean answered;

  boolean resetByPeer;

  StreamExchange(Exchange exchange, FrameCheck owner) {
    this.exchange = exchange;
    this.owner = owner;
  }

  /** Tells the application, in the context of the request. */
  void tell(Frame frame) throws Http2Exception {
    CallContext before = exchange.context().attach();
    try {
      frame.tell();
    } finally {
      CallContext.restore(before);
    }
  }

  /** The stream is gone. */
  void end(Outcome outcome) {
    state = State.REFUSED;
    for (Frame frame = held.poll(); frame != null; frame = held.poll()) {
      frame.drop();
    }
    exchange.close(outcome);
  }
}
