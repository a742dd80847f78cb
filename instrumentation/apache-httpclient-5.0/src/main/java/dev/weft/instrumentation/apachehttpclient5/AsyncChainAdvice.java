package dev.weft.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.config.NamedElementChain;

/** As {@link ChainAdvice}, for asynchronous clients. */
final class AsyncChainAdvice {

  private AsyncChainAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) NamedElementChain<AsyncExecChainHandler> chain) {
    AsyncMeshHandler.addTo(chain);
  }
}
