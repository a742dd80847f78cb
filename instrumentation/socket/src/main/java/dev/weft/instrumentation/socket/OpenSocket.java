package dev.weft.instrumentation.socket;

import dev.weft.outbound.OutboundMesh.Connection;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * What the floor knows of one socket. Leads back to the socket only where there is TLS: a plain one
 * that is dropped without {@code close()} must be collected, as the JDK then closes it.
 */
final class OpenSocket {

  /** Null where an adapter decided, who counts requests. */
  final @Nullable Connection connection;

  /** Why it is not connected; null where it is to be. */
  private final @Nullable ConnectException refusal;

  /** Null where the application's own is the shorter one. */
  private final @Nullable ConnectLimit limit;

  /** Until then somebody connects, who gives it back: not even a close does. */
  private volatile boolean connected;

  private volatile @Nullable InputStream secureInput;
  private volatile @Nullable OutputStream secureOutput;
  private volatile @Nullable WeakReference<InputStream> countedInput;
  private volatile @Nullable WeakReference<OutputStream> countedOutput;

  private OpenSocket(
      @Nullable Connection connection,
      @Nullable ConnectException refusal,
      @Nullable ConnectLimit limit) {
    this.connection = connection;
    this.refusal = refusal;
    this.limit = limit;
  }

  /** One that an adapter decided about. */
  OpenSocket() {
    this(null, null, null);
  }

  OpenSocket(Connection connection, @Nullable ConnectLimit limit) {
    this(connection, null, limit);
  }

  static OpenSocket refused(Connection connection) {
    return new OpenSocket(connection, new ConnectException(connection.reason()), null);
  }

  /** What the application gets to know of a failure. */
  Throwable told(Throwable failure) {
    if (refusal != null) {
      return refusal;
    }
    return limit == null ? failure : limit.told(failure);
  }

  /** From now on the application reads and writes these; kept so that nothing can fail then. */
  void secure(InputStream input, OutputStream output) {
    secureInput = counted(input);
    secureOutput = counted(output);
  }

  /**
   * @param raw of the socket
   * @return null for {@code raw} itself
   */
  @Nullable InputStream input(InputStream raw) {
    InputStream secure = secureInput;
    if (secure != null || connection == null || !connected) {
      // What handshakes reads and writes as it is.
      return secure;
    }
    WeakReference<InputStream> last = countedInput;
    InputStream made = last == null ? null : last.get();
    if (made == null) {
      made = counted(raw);
      countedInput = new WeakReference<>(made);
    }
    return made;
  }

  /**
   * @param raw of the socket
   * @return null for {@code raw} itself
   */
  @Nullable OutputStream output(OutputStream raw) {
    OutputStream secure = secureOutput;
    if (secure != null || connection == null || !connected) {
      // What handshakes reads and writes as it is.
      return secure;
    }
    WeakReference<OutputStream> last = countedOutput;
    OutputStream made = last == null ? null : last.get();
    if (made == null) {
      made = counted(raw);
      countedOutput = new WeakReference<>(made);
    }
    return made;
  }

  private InputStream counted(InputStream input) {
    return connection == null ? input : new CountedInput(input, connection);
  }

  private OutputStream counted(OutputStream output) {
    return connection == null ? output : new CountedOutput(output, connection);
  }

  void connected() {
    if (connection != null) {
      connection.connected();
    }
    connected = true;
  }

  boolean isConnected() {
    return connected;
  }

  void failed(Throwable failure) {
    if (connection != null && refusal == null) {
      connection.failed(failure);
    }
  }

  void closed() {
    if (connection != null && refusal == null) {
      connection.closed();
    }
  }
}
