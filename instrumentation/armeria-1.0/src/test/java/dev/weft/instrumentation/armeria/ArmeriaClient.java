package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.WebClientBuilder;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.EventLoopGroups;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.BodyQueue;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Sends with Armeria's WebClient over HTTP/1.1, and hands the body over as it comes. */
final class ArmeriaClient implements AsyncTestClient {

  private final ClientFactory factory;
  private final WebClient client;

  ArmeriaClient() {
    this(false);
  }

  ArmeriaClient(boolean followsRedirects) {
    // One thread: each has its own connections.
    factory =
        ClientFactory.builder()
            .workerGroup(EventLoopGroups.newEventLoopGroup(1), true)
            .useHttp2Preface(true)
            .build();
    WebClientBuilder builder =
        WebClient.builder().factory(factory).responseTimeoutMillis(60_000).maxResponseLength(0);
    if (followsRedirects) {
      followRedirects(builder);
    }
    client = builder.build();
  }

  /** Whether this version is new enough to follow redirects. */
  static boolean canRedirect() {
    return redirectConfig() != null;
  }

  private static @Nullable Class<?> redirectConfig() {
    try {
      return Class.forName("com.linecorp.armeria.client.redirect.RedirectConfig");
    } catch (ClassNotFoundException olderVersion) {
      return null;
    }
  }

  private static void followRedirects(WebClientBuilder builder) {
    Class<?> config = redirectConfig();
    if (config == null) {
      return;
    }
    try {
      Object redirects = config.getMethod("builder").invoke(null);
      redirects
          .getClass()
          .getMethod("allowDomains", String[].class)
          .invoke(redirects, (Object) new String[] {"payments.invalid"});
      Object built = redirects.getClass().getMethod("build").invoke(redirects);
      builder.getClass().getMethod("followRedirects", config).invoke(builder, built);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    // The scheme "http" would try HTTP/2 first.
    String uri = request.uri().toString().replaceFirst("^http:", "h1c:");
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.valueOf(request.method()), uri);
    request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
    HttpRequest sent;
    if (request.body() == null) {
      sent = HttpRequest.of(headers.build());
    } else if (request.oneShot()) {
      HttpRequestWriter writer = HttpRequest.streaming(headers.build());
      writer.write(HttpData.wrap(request.bytes()));
      writer.close();
      sent = writer;
    } else {
      sent = HttpRequest.of(headers.build(), HttpData.wrap(request.bytes()));
    }
    HttpResponse response = client.execute(sent);
    Receiver receiver = new Receiver();
    receiver.head.whenComplete(
        (value, failure) -> {
          if (receiver.head.isCancelled()) {
            response.abort();
          }
        });
    response.subscribe(receiver);
    return receiver.head;
  }

  @Override
  public void close() {
    // Waiting for its threads takes seconds.
    factory.closeAsync();
  }

  /** What one exchange gives. */
  private static final class Receiver implements Subscriber<HttpObject>, ClientResponse {

    final CompletableFuture<ClientResponse> head = new CompletableFuture<>();
    private final BodyQueue body = new BodyQueue(() -> subscription().request(1));
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable ResponseHeaders headers;

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(HttpObject object) {
      if (object instanceof ResponseHeaders received && !received.status().isInformational()) {
        headers = received;
        head.complete(this);
      }
      body.add(object instanceof HttpData data ? data.array() : new byte[0]);
    }

    @Override
    public void onError(Throwable failure) {
      body.fail(failure);
      head.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.end();
    }

    private Subscription subscription() {
      return java.util.Objects.requireNonNull(subscription);
    }

    private ResponseHeaders headers() {
      return java.util.Objects.requireNonNull(headers);
    }

    @Override
    public int status() {
      return headers().status().code();
    }

    @Override
    public @Nullable String header(String name) {
      return headers().get(name);
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public void close() {
      if (!body.isOver()) {
        subscription().cancel();
      }
    }
  }
}
