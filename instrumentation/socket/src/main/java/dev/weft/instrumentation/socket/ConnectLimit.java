package dev.weft.instrumentation.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a connection may take because the policy says so, and the application would wait. */
final class ConnectLimit {

  final int millis;

  /** Whether the application would wait as long as the system does. */
  private final boolean patient;

  private final InetSocketAddress wanted;

  private ConnectLimit(int millis, boolean patient, InetSocketAddress wanted) {
    this.millis = millis;
    this.patient = patient;
    this.wanted = wanted;
  }

  /**
   * @param nanos of the policy, 0 for none
   * @param timeout of the application in milliseconds, 0 for none
   * @return null where the application's is the shorter one
   */
  static @Nullable ConnectLimit of(long nanos, int timeout, InetSocketAddress wanted) {
    if (nanos <= 0) {
      return null;
    }
    int millis = (int) Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), 1 << 30));
    return timeout == 0 || millis < timeout ? new ConnectLimit(millis, timeout == 0, wanted) : null;
  }

  /** Who set no timeout expects what the system throws after its own. */
  Throwable told(Throwable failure) {
    if (!(failure instanceof SocketTimeoutException)) {
      return failure;
    }
    String why =
        wanted.getHostString()
            + ":"
            + wanted.getPort()
            + ": no connection within "
            + millis
            + " ms (connectionPool.tcp.connectTimeout)";
    IOException told = patient ? new ConnectException(why) : new SocketTimeoutException(why);
    told.initCause(failure);
    return told;
  }
}
