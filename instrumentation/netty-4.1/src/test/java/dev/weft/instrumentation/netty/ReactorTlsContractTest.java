package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;
import reactor.netty.http.HttpProtocol;

final class ReactorTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return new ReactorServer(HttpProtocol.H2C, HttpProtocol.HTTP11);
  }

  @Override
  protected boolean speaksHttp2() {
    return true;
  }
}
