package dev.weft.instrumentation.nettyhttp;

import dev.weft.bootstrap.Mesh;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Names that the mesh routes and no name server knows. They get an address that is none, which
 * {@link Connects} knows again and never connects to.
 */
final class MeshNames {

  /** How long a connect waits for the policy of a host, as the engine does at most. */
  static final long PATIENCE_MILLIS = 1000;

  private static final int HTTP = 80;
  private static final byte[] NOWHERE = {0, 0, 0, 0};

  private MeshNames() {}

  /** What the application gets of a look-up for {@code wanted} that gave {@code found}. */
  static Future<SocketAddress> resolved(
      @Nullable SocketAddress wanted, Future<SocketAddress> found) {
    if (!(wanted instanceof InetSocketAddress) || !((InetSocketAddress) wanted).isUnresolved()) {
      return found;
    }
    InetSocketAddress name = (InetSocketAddress) wanted;
    String host = name.getHostString();
    return orElse(
        found, host, name.getPort(), new InetSocketAddress(nowhere(host), name.getPort()));
  }

  /** The same for one without a port; the mesh is asked for that of http. */
  static Future<List<InetAddress>> resolvedAll(String host, Future<List<InetAddress>> found) {
    return orElse(found, host, HTTP, Collections.singletonList(nowhere(host)));
  }

  /** {@code instead} where nothing was found and the mesh routes the host. */
  private static <T> Future<T> orElse(Future<T> found, String host, int port, T instead) {
    if (found.isSuccess()) {
      return found;
    }
    Promise<T> answer = ImmediateEventExecutor.INSTANCE.newPromise();
    found.addListener(
        (Future<T> done) -> {
          if (done.isSuccess()) {
            answer.trySuccess(done.getNow());
          } else {
            askMesh(host, port, instead, done.cause(), answer);
          }
        });
    answer.addListener(
        done -> {
          if (done.isCancelled()) {
            found.cancel(false);
          }
        });
    return answer;
  }

  private static <T> void askMesh(
      String host, int port, T instead, Throwable failure, Promise<T> answer) {
    ScheduledFuture<?> late =
        Mesh.timer()
            .schedule(
                () -> {
                  answer.tryFailure(failure);
                },
                PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
    Mesh.outbound()
        .governs(host, port)
        .whenComplete(
            (yes, broken) -> {
              late.cancel(false);
              if (yes != null && yes) {
                answer.trySuccess(instead);
              } else {
                answer.tryFailure(failure);
              }
            });
  }

  private static InetAddress nowhere(String host) {
    try {
      return InetAddress.getByAddress(host, NOWHERE);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether {@code address} was made here: a name at no address. */
  static boolean isNowhere(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return ip != null
        && ip.isAnyLocalAddress()
        && !address.getHostString().equals(ip.getHostAddress());
  }
}
