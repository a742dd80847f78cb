package dev.weft.instrumentation.undertow;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;
import io.undertow.UndertowOptions;

final class UndertowTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedUndertow(
        builder -> builder.setServerOption(UndertowOptions.ENABLE_HTTP2, true));
  }

  @Override
  protected InboundServer newImpatientServer() throws Exception {
    return new EmbeddedUndertow(
        builder -> builder.setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 1000));
  }

  @Override
  protected boolean speaksHttp2() {
    return true;
  }
}
