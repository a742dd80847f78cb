package dev.weft.instrumentation.vertx;

import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request, each attempt of which is a request of the library to the attempt's endpoint. */
final class VertxExchange implements AsyncExchange<HttpClientResponse, HttpClientResponse> {

  /** A discarded body up to this length is read, so that its connection lives on. */
  private static final int SHORT = 64 << 10;

  private final MeshRequest request;
  private volatile @Nullable Sending running;
  private volatile boolean givenUp;

  VertxExchange(MeshRequest request) {
    this.request = request;
  }

  @Override
  public CompletionStage<HttpClientResponse> send(Attempt attempt) {
    return start(attempt);
  }

  @Override
  public CompletionStage<HttpClientResponse> passThrough() {
    return start(null);
  }

  private CompletionStage<HttpClientResponse> start(@Nullable Attempt attempt) {
    Sending sending = new Sending(request, attempt);
    running = sending;
    return sending.head();
  }

  @Override
  public int status(HttpClientResponse passed) {
    return passed.statusCode();
  }

  @Override
  public OutboundResponse view(HttpClientResponse head) {
    return new View(head);
  }

  @Override
  public void discard(HttpClientResponse head) {
    Sending sending = running;
    if (sending != null) {
      sending.discard(contentLength(head) <= SHORT);
    }
  }

  /** As announced; none of a response that announces no length. */
  private static long contentLength(HttpClientResponse head) {
    String length = head.getHeader("content-length");
    try {
      return length == null ? Long.MAX_VALUE : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public CompletionStage<HttpClientResponse> reply(LocalReply reply) {
    return CompletableFuture.completedFuture(new LocalResponse(reply, request));
  }

  @Override
  public CompletionStage<HttpClientResponse> deliver(
      HttpClientResponse head, HeaderMutations headers, ResponseEnd end) {
    Future<HttpClientRequest> next = request.redirect(head);
    if (next != null) {
      discard(head);
      end.completed();
      return request.follow(next);
    }
    MultiMap received = head.headers();
    headers.apply(received::remove, received::set, received::add);
    head.end()
        .onComplete(
            result -> {
              if (result.succeeded()) {
                end.completed();
              } else if (isOurReset(head, result.cause())) {
                end.cancelled();
              } else {
                end.failed(result.cause());
              }
            });
    return CompletableFuture.completedFuture(head);
  }

  /** HTTP/1 knows no reset by the server. */
  private boolean isOurReset(HttpClientResponse head, Throwable failure) {
    return failure instanceof StreamResetException
        && (givenUp || head.version() != HttpVersion.HTTP_2);
  }

  /** The application gives the response up: its end will tell so. */
  void cancel() {
    givenUp = true;
    abort();
  }

  @Override
  public void abort() {
    Sending sending = running;
    if (sending != null) {
      sending.abort();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return FailureKind.ofSecured(failure);
  }

  private static final class View extends OutboundResponse {
    private final HttpClientResponse response;

    View(HttpClientResponse response) {
      this.response = response;
    }

    @Override
    public int status() {
      return response.statusCode();
    }

    @Override
    public @Nullable String header(String name) {
      List<String> values = response.headers().getAll(name);
      return values.isEmpty() ? null : String.join(",", values);
    }
  }
}
