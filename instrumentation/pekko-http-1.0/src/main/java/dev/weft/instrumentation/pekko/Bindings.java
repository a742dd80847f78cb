package dev.weft.instrumentation.pekko;

import dev.weft.bootstrap.Mesh;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.scaladsl.Http;
import org.apache.pekko.stream.scaladsl.Source;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;

/** Tells which ports are bound, before the application hears of it. */
final class Bindings {

  /** On the thread that completes the future. */
  private static final ExecutionContext HERE =
      new ExecutionContext() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void reportFailure(Throwable failure) {
          Mesh.problem("inbound port", failure);
        }
      };

  private Bindings() {}

  /**
   * The same, after the port was told; null to leave it.
   *
   * @param bound a future binding, or a source that materializes to one
   * @param arguments of the method that binds
   */
  static @Nullable Object told(Object bound, Object[] arguments) {
    boolean secure = false;
    for (Object argument : arguments) {
      if (argument instanceof ConnectionContext) {
        secure = ((ConnectionContext) argument).isSecure();
      }
    }
    Function1<Http.ServerBinding, Http.ServerBinding> opened =
        secure ? binding -> opened(binding, true) : binding -> opened(binding, false);
    if (bound instanceof Source) {
      return source(bound).mapMaterializedValue(future -> future.map(opened, HERE));
    }
    return bound instanceof Future ? future(bound).map(opened, HERE) : null;
  }

  @SuppressWarnings("unchecked") // What the hooked methods return.
  private static Source<Object, Future<Http.ServerBinding>> source(Object bound) {
    return (Source<Object, Future<Http.ServerBinding>>) bound;
  }

  @SuppressWarnings("unchecked") // What the hooked methods return.
  private static Future<Http.ServerBinding> future(Object bound) {
    return (Future<Http.ServerBinding>) bound;
  }

  private static Http.ServerBinding opened(Http.ServerBinding binding, boolean secure) {
    try {
      int port = binding.localAddress().getPort();
      if (secure) {
        Mesh.ports().opened(port, "http", true);
      } else {
        Mesh.ports().openedForInlet(port, "http");
      }
    } catch (RuntimeException e) {
      Mesh.problem("inbound port", e);
    }
    return binding;
  }

  static void closed(Http.ServerBinding binding) {
    Mesh.ports().closed(binding.localAddress().getPort());
  }
}
