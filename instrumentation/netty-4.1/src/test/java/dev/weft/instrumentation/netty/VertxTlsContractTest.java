package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class VertxTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return new VertxServer();
  }

  @Override
  protected boolean speaksHttp2() {
    return true;
  }
}
