package dev.weft.outbound;

import java.io.InputStream;

/**
 * How an adapter tells that a response which it delivered is over. Exactly one of the methods takes
 * effect, whichever comes first; all may be called on any thread and never throw. A response
 * without body is completed at once. A deadline of the mesh may abort the exchange until then.
 */
public interface ResponseEnd {
  /** The body was read to its end. */
  void completed();

  /**
   * What the trailers of a gRPC response said, and how many messages went either way; as {@link
   * OutboundCall#onGrpcEnd}. Called before the method that tells the end; it is no end itself.
   */
  default void grpc(int grpcStatus, long requestMessages, long responseMessages) {}

  /** The body broke off. */
  void failed(Throwable failure);

  /** The application closed or cancelled the response before its end. */
  void cancelled();

  /**
   * The stream to give to the application in place of {@code body}: it tells this how it ended.
   *
   * @param drains whether {@code body}, when it is closed early, reads the rest of the response by
   *     itself: closing it then completes the response
   */
  default InputStream watch(InputStream body, boolean drains) {
    return new WatchedBody(body, this, drains);
  }
}
