package dev.weft.instrumentation.tomcat;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class TomcatContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedTomcat();
  }
}
