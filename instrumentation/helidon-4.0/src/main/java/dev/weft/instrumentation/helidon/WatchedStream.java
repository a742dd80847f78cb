package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.Outcome;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.http2.Http2FrameHeader;
import io.helidon.http.http2.Http2Headers;
import io.helidon.http.http2.Http2RstStream;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.http.http2.Http2WindowUpdate;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector.SubProtocolHandler;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import org.jspecify.annotations.Nullable;

/** A stream of HTTP/2 that something else than routing serves; notices its end. */
final class WatchedStream implements SubProtocolHandler {

  private static final int OK = 200;

  private final SubProtocolHandler handler;
  private final Decision decision;

  private WatchedStream(SubProtocolHandler handler, Decision decision) {
    this.handler = handler;
    this.decision = decision;
  }

  static boolean refuses(
      ConnectionContext connection, HttpPrologue prologue, Http2Headers headers) {
    Decision early = Decision.early(prologue);
    if (early != null) {
      return early.reply() != null;
    }
    try {
      Headers http = headers.httpHeaders();
      Decision made = Decision.of(new RequestView(connection, prologue, http, headers.authority()));
      made.keepFor(prologue);
      if (made.reply() != null) {
        return true;
      }
      MeshSocket socket = MeshSocket.under(connection);
      if (socket != null) {
        made.call.onRevoked(socket::cut);
      }
      return false;
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      return true;
    }
  }

  /**
   * @param result null for one that is refused
   */
  static @Nullable SubProtocolResult over(
      @Nullable SubProtocolResult result, HttpPrologue prologue) {
    if (result == null) {
      return Http2SubProtocolSelector.NOT_SUPPORTED;
    }
    Decision made = result.supported() ? Decision.takeEarly(prologue) : null;
    return made == null
        ? null
        : new SubProtocolResult(true, new WatchedStream(result.subProtocol(), made));
  }

  @Override
  public void init() {
    watch(handler::init);
  }

  @Override
  public Http2StreamState streamState() {
    Http2StreamState state = handler.streamState();
    if (state == Http2StreamState.CLOSED || state == Http2StreamState.HALF_CLOSED_LOCAL) {
      decision.end(Outcome.COMPLETED, OK);
    }
    return state;
  }

  @Override
  public void rstStream(Http2RstStream reset) {
    decision.end(Outcome.FAILED, OK);
    handler.rstStream(reset);
  }

  @Override
  public void windowUpdate(Http2WindowUpdate update) {
    handler.windowUpdate(update);
  }

  @Override
  public void data(Http2FrameHeader header, BufferData data) {
    watch(() -> handler.data(header, data));
  }

  private void watch(Runnable step) {
    boolean done = false;
    try {
      step.run();
      done = true;
    } finally {
      if (!done) {
        decision.end(Outcome.FAILED, OK);
      }
    }
  }
}
