package dev.weft.instrumentation.undertow;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class UndertowContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedUndertow();
  }
}
