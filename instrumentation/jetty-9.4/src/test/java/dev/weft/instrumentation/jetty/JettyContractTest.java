package dev.weft.instrumentation.jetty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class JettyContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedJetty();
  }
}
