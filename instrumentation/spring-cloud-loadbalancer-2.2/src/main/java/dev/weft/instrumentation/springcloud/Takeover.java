package dev.weft.instrumentation.springcloud;

import dev.weft.bootstrap.Mesh;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether a logical name is the mesh's to route. No decision of ours: it asks. */
final class Takeover {

  /** As long as a request waits for the policy of a new host. */
  static final long WAIT_MILLIS = 1000;

  private static final int DEEPEST = 8;

  private Takeover() {}

  /** Null when the name is not for the mesh, whatever its policy. */
  static @Nullable CompletionStage<Boolean> ask(URI uri) {
    if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
      return null;
    }
    return Mesh.outbound().governs(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
  }

  /** Waits for the policy of a name that is new. */
  static boolean isGoverned(URI uri) {
    CompletionStage<Boolean> asked = ask(uri);
    if (asked == null) {
      return false;
    }
    CountDownLatch known = new CountDownLatch(1);
    boolean[] governed = new boolean[1];
    asked.whenComplete(
        (answer, failure) -> {
          governed[0] = answer != null && answer;
          known.countDown();
        });
    try {
      return known.await(WAIT_MILLIS, TimeUnit.MILLISECONDS) && governed[0];
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * What sends is not governed: it took the logical name for one of DNS, and nothing was sent. Then
   * the library's own choice is still better than a failure.
   */
  static boolean isUnsent(Throwable failure, URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      if (cause instanceof UnknownHostException) {
        String message = cause.getMessage();
        return message != null && message.toLowerCase(Locale.ROOT).contains(host);
      }
      cause = cause.getCause();
    }
    return false;
  }
}
