package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;

/** A handler comes between the codec and our check, and must find itself behind both. */
final class BareInsertedContractTest extends BareContractTest {

  @Override
  protected InboundServer newServer() {
    return new BareServer(BareServer.Style.INSERTS);
  }
}
