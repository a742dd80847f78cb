package dev.weft.outbound;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Why an attempt ended without a response head, in Envoy's terms. */
public enum FailureKind {
  /** No connection: refused, unreachable, connect timeout. No byte of the request was sent. */
  CONNECT,
  /**
   * The peer refused the HTTP/2 stream ({@code REFUSED_STREAM}); it did not process the request.
   */
  REFUSED_STREAM,
  /** The connection broke before the head of the request was written. */
  RESET_BEFORE_REQUEST,
  /**
   * The connection broke, or the caller's own read timeout fired, after bytes may have gone out.
   */
  RESET,
  /** A deadline of the mesh (the attempt's timeout) ended the attempt. */
  TIMEOUT;

  private static final int MAX_CAUSES = 8;

  /**
   * Classifies by the JDK's own exception types, looking through causes: CONNECT for those that can
   * only mean that no connection was made, else RESET. Libraries with types of their own ask them
   * first.
   */
  public static FailureKind of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException) {
        return CONNECT;
      }
      cause = cause.getCause();
    }
    return RESET;
  }

  /**
   * As {@link #of}, of a library whose TLS fails by its own types: the handshake comes before the
   * request, so CONNECT.
   */
  public static FailureKind ofSecured(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return CONNECT;
      }
    }
    return of(failure);
  }
}
