package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class BareTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return new BareServer();
  }
}
