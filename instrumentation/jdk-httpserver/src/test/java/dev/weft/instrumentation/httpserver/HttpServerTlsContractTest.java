package dev.weft.instrumentation.httpserver;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class HttpServerTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new SampleServer();
  }

  /** By default it closes idle connections beyond 200. */
  @Override
  protected int openConnections() {
    return 200;
  }
}
