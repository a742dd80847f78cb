package dev.weft.instrumentation.webflux;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.instrumentation.Answer;
import dev.weft.outbound.AsyncDriver;
import dev.weft.outbound.OutboundMesh;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Sends a request through the mesh, once for each subscriber. */
final class GovernedMono extends Mono<ClientResponse> {

  /** By name: the class is there, but cannot be loaded, where Reactor Netty is not. */
  private static final String CONNECTOR =
      "org.springframework.http.client.reactive.ReactorClientHttpConnector";

  private final ExchangeFunction function;
  private final ExchangeStrategies strategies;
  private final ClientRequest request;

  private GovernedMono(
      ExchangeFunction function, ExchangeStrategies strategies, ClientRequest request) {
    this.function = function;
    this.strategies = strategies;
    this.request = request;
  }

  /** Null when the request is none of the mesh's, or another adapter decides it. */
  static @Nullable Mono<ClientResponse> of(
      ExchangeFunction function,
      ClientHttpConnector connector,
      ExchangeStrategies strategies,
      ClientRequest request) {
    boolean leaveAlone =
        Mesh.outbound() == OutboundMesh.PASS_THROUGH
            || !connector.getClass().getName().equals(CONNECTOR)
            || !"http".equalsIgnoreCase(request.url().getScheme())
            || request.url().getHost() == null
            || WebExchange.isDecided(request);
    return leaveAlone ? null : new GovernedMono(function, strategies, request);
  }

  @Override
  public void subscribe(CoreSubscriber<? super ClientResponse> actual) {
    WebExchange exchange = new WebExchange(function, strategies, request, actual.currentContext());
    Object carried = actual.currentContext().getOrDefault(CallContext.KEY, null);
    CallContext context =
        carried instanceof CallContext ? (CallContext) carried : CallContext.current();
    Answer<ClientResponse> answer =
        new Answer<>(
            actual::onNext, actual::onComplete, actual::onError, context, exchange::abandon);
    actual.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {
            answer.request();
          }

          @Override
          public void cancel() {
            answer.cancel();
          }
        });
    CallContext before = context.attach();
    try {
      AsyncDriver.run(exchange.request(), exchange, answer.future());
    } finally {
      CallContext.restore(before);
    }
  }
}
