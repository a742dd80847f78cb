package dev.weft.instrumentation.reactornetty;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientConfig;

/** Takes a request over that nobody decided yet. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This Mono<Connection> connect,
      @Advice.FieldValue("config") HttpClientConfig config,
      @Advice.Argument(0) @Nullable CoreSubscriber<? super Connection> actual) {
    return actual != null && ConnectExchange.takeOver(connect, config, actual);
  }
}
