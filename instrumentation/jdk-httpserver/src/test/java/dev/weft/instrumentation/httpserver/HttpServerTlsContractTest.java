package dev.weft.instrumentation.httpserver;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class HttpServerTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new SampleServer();
  }
}
