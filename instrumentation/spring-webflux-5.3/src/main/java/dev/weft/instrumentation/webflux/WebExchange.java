package dev.weft.instrumentation.webflux;

import static java.util.Objects.requireNonNull;

import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/** One request of one subscriber. */
final class WebExchange implements AsyncExchange<ClientResponse, ClientResponse> {

  /** The attribute of a request that was decided. */
  private static final String DECIDED = "dev.weft.decided";

  private final ExchangeFunction function;
  private final ExchangeStrategies strategies;
  private final ClientRequest request;
  private final SentBody body;
  private final Context context;
  private volatile @Nullable Head running;
  private volatile @Nullable ResponseEnd unread;

  WebExchange(
      ExchangeFunction function,
      ExchangeStrategies strategies,
      ClientRequest request,
      Context context) {
    this.function = function;
    this.strategies = strategies;
    this.request = request;
    this.body = new SentBody(request.body());
    this.context = context;
  }

  static boolean isDecided(ClientRequest request) {
    return request.attributes().containsKey(DECIDED);
  }

  OutboundRequest request() {
    return new RequestView(request, body);
  }

  @Override
  public CompletionStage<ClientResponse> send(Attempt attempt) {
    ClientRequest.Builder changed =
        copy().body(body).headers(headers -> Headers.apply(attempt.requestHeaders(), headers));
    String authority = attempt.authority();
    if (authority != null) {
      changed.headers(headers -> headers.set("Host", authority));
    }
    String path = attempt.path();
    if (path != null) {
      changed.url(URI.create("http://" + request.url().getRawAuthority() + path));
    }
    return subscribe(changed.build(), Optional.of(attempt));
  }

  @Override
  public CompletionStage<ClientResponse> passThrough() {
    return subscribe(copy().build(), Optional.empty());
  }

  private ClientRequest.Builder copy() {
    return ClientRequest.from(request).attribute(DECIDED, true);
  }

  private CompletionStage<ClientResponse> subscribe(ClientRequest sent, Optional<Attempt> decided) {
    Head head = new Head(context, decided);
    running = head;
    function.exchange(sent).subscribe(head);
    return head.arrived();
  }

  @Override
  public OutboundResponse view(ClientResponse head) {
    return Head.view(head);
  }

  @Override
  public int status(ClientResponse passed) {
    return Status.of(passed);
  }

  @Override
  public void discard(ClientResponse head) {
    Head.discard(head);
  }

  @Override
  public CompletionStage<ClientResponse> reply(LocalReply reply) {
    ClientResponse.Builder response = ClientResponse.create(reply.status(), strategies);
    response.headers(
        headers -> {
          Headers.apply(reply.headers(), headers);
          headers.set("Content-Length", Integer.toString(reply.body().length));
        });
    if (reply.body().length > 0) {
      response.body(
          Flux.defer(() -> Flux.just(new DefaultDataBufferFactory().wrap(reply.body().clone()))));
    }
    return CompletableFuture.completedFuture(response.build());
  }

  @Override
  public CompletionStage<ClientResponse> deliver(
      ClientResponse head, HeaderMutations headers, ResponseEnd end) {
    unread = end;
    Head attempt = requireNonNull(running, "running");
    ClientResponse.Builder response =
        head.mutate().body(received -> watch(attempt.breakable(received), end));
    if (!headers.isEmpty()) {
      response.headers(delivered -> Headers.apply(headers, delivered));
    }
    return CompletableFuture.completedFuture(response.build());
  }

  private Flux<DataBuffer> watch(Flux<DataBuffer> received, ResponseEnd end) {
    return received
        .doOnSubscribe(reader -> unread = null)
        .doOnComplete(end::completed)
        .doOnError(end::failed)
        .doOnCancel(end::cancelled);
  }

  @Override
  public void abort() {
    Head head = running;
    if (head != null) {
      head.abort(new IOException("ended by the mesh: its time was over, or the caller gave up"));
    }
  }

  /** The subscriber cancelled after it got the response, whose body it may still read. */
  void abandon() {
    ResponseEnd end = unread;
    if (end != null) {
      end.cancelled();
    }
    Head head = running;
    if (head != null) {
      head.cancel();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    FailureKind kind = FailureKind.ofSecured(failure);
    return kind == FailureKind.RESET && !body.isWritten() ? FailureKind.RESET_BEFORE_REQUEST : kind;
  }
}
