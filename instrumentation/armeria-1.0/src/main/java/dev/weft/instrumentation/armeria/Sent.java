package dev.weft.instrumentation.armeria;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One attempt, or a request that passes through. */
final class Sent extends OutboundResponse {

  /** A discarded body up to this length is read, so that its connection lives on. */
  private static final int SHORT = 64 << 10;

  private final ClientRequestContext context;
  private final CompletableFuture<Sent> head = new CompletableFuture<>();
  private volatile @Nullable HttpResponse response;
  private volatile @Nullable ResponseHeaders headers;

  /**
   * @param context tells of this one only
   */
  Sent(ClientRequestContext context) {
    this.context = context;
  }

  void start(HttpClient client, HttpRequest request) {
    try {
      response = client.execute(context, request);
    } catch (Throwable failure) {
      request.abort(failure);
      context.logBuilder().endRequest(failure);
      context.logBuilder().endResponse(failure);
    }
    // Not before the response is there.
    context.log().whenAvailable(RequestLogProperty.RESPONSE_HEADERS).thenAccept(this::onHead);
  }

  private void onHead(RequestLog log) {
    Throwable cause = cause(log);
    if (cause == null) {
      headers = log.responseHeaders();
      head.complete(this);
    } else {
      // Without a reader it would not end, and would keep its connection.
      abort(cause);
    }
  }

  /** Why the response came to nothing or broke off; null while nothing of that is known. */
  static @Nullable Throwable cause(RequestLog log) {
    return log.isAvailable(RequestLogProperty.RESPONSE_CAUSE) ? log.responseCause() : null;
  }

  CompletionStage<Sent> head() {
    return head;
  }

  HttpResponse response() {
    return requireNonNull(response, "response");
  }

  @Override
  public int status() {
    return requireNonNull(headers, "headers").status().code();
  }

  @Override
  public @Nullable String header(String name) {
    return Heads.joined(requireNonNull(headers, "headers"), name);
  }

  /** Whether the connection is done with it. */
  boolean isOver() {
    return context.log().isComplete();
  }

  void tell(ResponseEnd end) {
    response().whenComplete().handle((nothing, failure) -> tell(end, failure));
    // Of a response that nobody reads, the log knows that it has arrived.
    context
        .log()
        .whenComplete()
        .thenAccept(
            log -> {
              Throwable cause = cause(log);
              if (cause != null || !response().whenComplete().isCompletedExceptionally()) {
                tell(end, cause);
              }
            });
  }

  private static @Nullable Void tell(ResponseEnd end, @Nullable Throwable failure) {
    if (failure == null) {
      end.completed();
    } else if (failure instanceof AbortedStreamException
        || failure instanceof CancelledSubscriptionException) {
      end.cancelled();
    } else {
      end.failed(failure);
    }
    return null;
  }

  void discard() {
    String length = header(HttpHeaderNames.CONTENT_LENGTH.toString());
    if (length != null && length.length() <= 5 && Integer.parseInt(length) <= SHORT) {
      response().aggregate();
    } else {
      response().abort();
    }
  }

  void abort() {
    abort(ResponseTimeoutException.get());
  }

  void abort(Throwable reason) {
    head.completeExceptionally(reason);
    HttpResponse running = response;
    if (running != null) {
      running.abort(reason);
    }
  }
}
