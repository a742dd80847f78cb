package dev.weft.instrumentation.jetty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class JettyTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedJetty().withHttp2();
  }

  @Override
  protected InboundServer newImpatientServer() throws Exception {
    return new EmbeddedJetty().withIdleTimeout(1000);
  }

  @Override
  protected boolean speaksHttp2() {
    return true;
  }
}
