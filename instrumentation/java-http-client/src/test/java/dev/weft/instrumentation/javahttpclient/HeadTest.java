package dev.weft.instrumentation.javahttpclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client and the driver run on two threads: the body may be over before it is delivered. */
@Timeout(20)
class HeadTest {

  private static final HttpRequest REQUEST =
      HttpRequest.newBuilder(URI.create("http://o/")).build();

  private final List<String> told = new ArrayList<>();
  private final AtomicReference<@Nullable BodySubscriber<String>> application =
      new AtomicReference<>();
  private final Head<String> head = new Head<>(keeping(BodyHandlers.ofString()), new Binding(null));

  @Test
  void deliversABodyThatWasOverBefore() {
    begin();
    head.onComplete();
    head.deliver(REQUEST, HeaderMutations.NONE, new Told());
    assertThat(requireNonNull(application.get()).getBody()).isCompletedWithValue("");
    assertThat(told).containsExactly("completed");
  }

  @Test
  void deliversAFailureThatCameBefore() {
    begin();
    head.onError(new IOException("cut off"));
    head.deliver(REQUEST, HeaderMutations.NONE, new Told());
    assertThat(requireNonNull(application.get()).getBody()).isCompletedExceptionally();
    assertThat(told).containsExactly("failed");
  }

  @Test
  void deliversABodyThatEndsAfterwards() {
    begin();
    head.deliver(REQUEST, HeaderMutations.NONE, new Told());
    assertThat(told).isEmpty();
    head.onComplete();
    assertThat(requireNonNull(application.get()).getBody()).isCompletedWithValue("");
    assertThat(told).containsExactly("completed");
  }

  /** The client hands on at once what it has, in the thread that asks for it. */
  @Test
  void endsABodyOnceThatIsThereWhenTheApplicationAsks() throws Exception {
    Head<InputStream> stream = new Head<>(BodyHandlers.ofInputStream(), new Binding(null));
    stream.apply(new NoContent());
    stream.onSubscribe(
        new Flowing() {
          @Override
          public void request(long count) {
            stream.onNext(List.of(ByteBuffer.wrap("all".getBytes(UTF_8))));
            stream.onComplete();
          }
        });
    stream.deliver(REQUEST, HeaderMutations.NONE, new Told());

    InputStream body = stream.getBody().toCompletableFuture().get(5, TimeUnit.SECONDS);
    assertThat(body).hasBinaryContent("all".getBytes(UTF_8));
    assertThat(told).containsExactly("completed");
  }

  private void begin() {
    head.apply(new NoContent());
    head.onSubscribe(new Flowing());
  }

  private BodyHandler<String> keeping(BodyHandler<String> handler) {
    return info -> {
      BodySubscriber<String> made = handler.apply(info);
      application.set(made);
      return made;
    };
  }

  private static final class NoContent implements ResponseInfo {
    @Override
    public int statusCode() {
      return 204;
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(Map.of(), (name, value) -> true);
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }

  private static class Flowing implements Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }

  private final class Told implements ResponseEnd {
    @Override
    public void completed() {
      told.add("completed");
    }

    @Override
    public void failed(Throwable failure) {
      told.add("failed");
    }

    @Override
    public void cancelled() {
      told.add("cancelled");
    }
  }
}
