package dev.weft.instrumentation.armeria;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class ArmeriaServerTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return new ArmeriaServer();
  }

  @Override
  protected boolean speaksHttp2() {
    return true;
  }
}
