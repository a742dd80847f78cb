package dev.weft.instrumentation.vertx;

import dev.weft.bootstrap.Mesh;
import dev.weft.instrumentation.AwaitedHead;
import dev.weft.outbound.Attempt;
import io.vertx.core.AsyncResult;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request of the library's own, for one attempt or as if there were no agent. */
final class Sending {

  /** How long a short body of a discarded response may take. */
  private static final long PATIENCE_MILLIS = 1000;

  private static final int INTERNAL_ERROR_OR_CANCEL = 0;

  private final MeshRequest asked;
  private final @Nullable Attempt attempt;
  private final AwaitedHead<HttpClientResponse> head = new AwaitedHead<>();
  private @Nullable HttpClientRequest request;
  private boolean aborted;

  /**
   * @param attempt null to pass through
   */
  Sending(MeshRequest asked, @Nullable Attempt attempt) {
    this.asked = asked;
    this.attempt = attempt;
  }

  /** Sends when somebody waits: a response must be asked for its end before it is over. */
  CompletableFuture<HttpClientResponse> head() {
    head.onAwaited(() -> asked.onContext(this::start));
    return head;
  }

  private void start() {
    try {
      asked.client().request(options()).onComplete(this::onMade);
    } catch (RuntimeException | Error e) {
      head.completeExceptionally(e);
    }
  }

  private RequestOptions options() {
    Head written = asked.head();
    RequestOptions options = new Marked(written.options);
    options.setMethod(written.method).setHost(written.host).setPort(written.port);
    options.setURI(written.uri);
    if (attempt == null) {
      return options;
    }
    options.setFollowRedirects(false);
    Members.setServer(options, SocketAddress.inetSocketAddress(attempt.endpoint().socketAddress()));
    String path = attempt.path();
    if (path != null) {
      options.setURI(path);
    }
    String authority = attempt.authority();
    if (authority != null) {
      int colon = authority.lastIndexOf(':');
      boolean hasPort = colon > authority.lastIndexOf(']');
      options.setHost(hasPort ? authority.substring(0, colon) : authority);
      options.setPort(
          hasPort ? Integer.valueOf(authority.substring(colon + 1)) : Integer.valueOf(80));
    }
    return options;
  }

  private void onMade(AsyncResult<HttpClientRequest> made) {
    if (made.failed()) {
      head.completeExceptionally(made.cause());
      return;
    }
    HttpClientRequest own = made.result();
    synchronized (this) {
      request = own;
    }
    try {
      own.response()
          .onComplete(
              response -> {
                if (response.succeeded()) {
                  head.complete(response.result());
                } else {
                  head.completeExceptionally(response.cause());
                }
              });
      // The library complains on its log about a failure for which there is nobody.
      own.exceptionHandler(asked::onException);
      if (isAborted()) {
        Members.reset(own, INTERNAL_ERROR_OR_CANCEL);
        return;
      }
      asked.head().applyTo(own);
      change(own);
      asked.begin(own);
    } catch (RuntimeException | Error e) {
      head.completeExceptionally(e);
      Members.reset(own, INTERNAL_ERROR_OR_CANCEL);
    }
  }

  private void change(HttpClientRequest own) {
    MultiMap headers = own.headers();
    if (attempt != null) {
      attempt.requestHeaders().apply(headers::remove, headers::set, headers::add);
      own.setFollowRedirects(false);
      if (attempt.authority() != null) {
        headers.remove("host");
      }
    } else {
      own.setFollowRedirects(asked.head().follows);
      if (asked.head().follows) {
        own.setMaxRedirects(asked.head().redirects);
      }
    }
  }

  synchronized @Nullable HttpClientRequest request() {
    return request;
  }

  private synchronized boolean isAborted() {
    return aborted;
  }

  void abort() {
    HttpClientRequest own;
    synchronized (this) {
      aborted = true;
      own = request;
    }
    if (own != null) {
      Members.reset(own, INTERNAL_ERROR_OR_CANCEL);
    }
    head.completeExceptionally(
        new IOException("ended by the mesh: its time was over, or the caller gave up"));
  }

  /**
   * Nobody will see the response.
   *
   * @param read whether its body is short enough to be read
   */
  void discard(boolean read) {
    HttpClientResponse response = head.getNow(null);
    if (!read || response == null) {
      abort();
      return;
    }
    try {
      CompletableFuture<Void> over = new CompletableFuture<>();
      response.end().onComplete(result -> over.complete(null));
      java.util.concurrent.Future<?> limit =
          Mesh.timer().schedule(this::abort, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      over.whenComplete((nothing, failure) -> limit.cancel(false));
    } catch (IllegalStateException e) {
      // It was read to its end already.
    }
  }

  /** Options of ours, which the hooks let through. */
  static final class Marked extends RequestOptions {
    Marked(RequestOptions options) {
      super(options);
    }
  }
}
