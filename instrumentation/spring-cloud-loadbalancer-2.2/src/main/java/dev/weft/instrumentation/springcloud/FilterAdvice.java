package dev.weft.instrumentation.springcloud;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/** On the filters of a load-balanced WebClient: no choice, no retry, and no thread that waits. */
final class FilterAdvice {

  /** On requests that the library shall choose for after all. */
  private static final String LEFT = "dev.weft.left-to-the-library";

  private FilterAdvice() {}

  /** Null where the library goes on. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This ExchangeFilterFunction filter,
      @Advice.Argument(0) ClientRequest request,
      @Advice.Argument(1) ExchangeFunction next) {
    CompletionStage<Boolean> asked =
        request.attributes().containsKey(LEFT) ? null : Takeover.ask(request.url());
    if (asked == null) {
      return null;
    }
    Boolean known = asked.toCompletableFuture().getNow(null);
    if (known != null) {
      return known ? exchange(filter, request, next) : null;
    }
    return Mono.fromCompletionStage(asked)
        .timeout(Duration.ofMillis(Takeover.WAIT_MILLIS))
        .onErrorReturn(false)
        .flatMap(
            governed ->
                governed ? exchange(filter, request, next) : filter.filter(left(request), next));
  }

  private static Mono<ClientResponse> exchange(
      ExchangeFilterFunction filter, ClientRequest request, ExchangeFunction next) {
    return next.exchange(request)
        .onErrorResume(
            failure -> Takeover.isUnsent(failure, request.url()),
            failure -> filter.filter(left(request), next));
  }

  private static ClientRequest left(ClientRequest request) {
    return ClientRequest.from(request).attribute(LEFT, true).build();
  }

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Enter @Nullable Object taken) {
    return taken;
  }
}
