package dev.weft.instrumentation.nettyhttp;

import dev.weft.bootstrap.Mesh;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionStage;
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

  private static final byte[] NOWHERE = {0, 0, 0, 0};

  private MeshNames() {}

  /** What the application gets of a look-up for {@code wanted} that gave {@code found}. */
  static Future<SocketAddress> resolved(
      @Nullable SocketAddress wanted, Future<SocketAddress> found) {
    InetSocketAddress name =
        wanted instanceof InetSocketAddress ? (InetSocketAddress) wanted : null;
    if (name == null || !name.isUnresolved() || found.isSuccess()) {
      return found;
    }
    Promise<SocketAddress> answer = ImmediateEventExecutor.INSTANCE.newPromise();
    found.addListener(
        (Future<SocketAddress> done) -> {
          if (done.isSuccess()) {
            answer.trySuccess(done.getNow());
          } else {
            askMesh(name, done.cause(), answer);
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

  private static void askMesh(
      InetSocketAddress name, Throwable failure, Promise<SocketAddress> answer) {
    CompletionStage<Boolean> governs =
        Mesh.outbound().governs(name.getHostString(), name.getPort());
    ScheduledFuture<?> late =
        Mesh.timer()
            .schedule(
                () -> {
                  answer.tryFailure(failure);
                },
                PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
    governs.whenComplete(
        (yes, broken) -> {
          late.cancel(false);
          if (yes != null && yes) {
            answer.trySuccess(nowhere(name));
          } else {
            answer.tryFailure(failure);
          }
        });
  }

  private static InetSocketAddress nowhere(InetSocketAddress name) {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(name.getHostString(), NOWHERE), name.getPort());
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
