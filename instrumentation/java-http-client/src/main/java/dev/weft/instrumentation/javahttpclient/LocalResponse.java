package dev.weft.instrumentation.javahttpclient;

import dev.weft.outbound.LocalReply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import javax.net.ssl.SSLSession;

/** A response that the mesh gives, its body read by the application's own body handler. */
final class LocalResponse<T> implements HttpResponse<T> {

  private final int status;
  private final HttpHeaders headers;
  private final HttpRequest request;
  private final T body;

  private LocalResponse(int status, HttpHeaders headers, HttpRequest request, T body) {
    this.status = status;
    this.headers = headers;
    this.request = request;
    this.body = body;
  }

  static <T> CompletionStage<HttpResponse<T>> of(
      LocalReply reply, HttpRequest request, BodyHandler<T> handler) {
    HeaderLists lists = new HeaderLists(null).apply(reply.headers());
    lists.set("content-length", Integer.toString(reply.body().length));
    HttpHeaders headers = lists.toHttpHeaders();
    BodySubscriber<T> subscriber =
        handler.apply(new Info(reply.status(), headers, HttpClient.Version.HTTP_1_1));
    subscriber.onSubscribe(new OneBuffer(subscriber, ByteBuffer.wrap(reply.body())));
    return subscriber
        .getBody()
        .thenApply(body -> new LocalResponse<>(reply.status(), headers, request, body));
  }

  @Override
  public int statusCode() {
    return status;
  }

  @Override
  public HttpRequest request() {
    return request;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }

  @Override
  public T body() {
    return body;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public HttpClient.Version version() {
    return HttpClient.Version.HTTP_1_1;
  }

  /** Publishes one buffer when it is first asked for. */
  private static final class OneBuffer implements Subscription {
    private final BodySubscriber<?> subscriber;
    private final ByteBuffer buffer;
    private boolean over;

    OneBuffer(BodySubscriber<?> subscriber, ByteBuffer buffer) {
      this.subscriber = subscriber;
      this.buffer = buffer;
    }

    @Override
    public void request(long count) {
      if (over) {
        return;
      }
      over = true;
      if (count <= 0) {
        subscriber.onError(new IllegalArgumentException("request: " + count + " (expected: > 0)"));
        return;
      }
      if (buffer.hasRemaining()) {
        subscriber.onNext(Collections.singletonList(buffer.asReadOnlyBuffer()));
      }
      subscriber.onComplete();
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
