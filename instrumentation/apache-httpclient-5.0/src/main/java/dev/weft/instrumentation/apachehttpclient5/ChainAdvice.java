package dev.weft.instrumentation.apachehttpclient5;

import net.bytebuddy.asm.Advice;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.config.NamedElementChain;

/** On {@code customizeExecChain(chain)}, which each {@code build()} calls with a new chain. */
final class ChainAdvice {

  private ChainAdvice() {}

  @Advice.OnMethodEnter(inline = false)
  static void enter(@Advice.Argument(0) NamedElementChain<ExecChainHandler> chain) {
    MeshHandler.addTo(chain);
  }
}
