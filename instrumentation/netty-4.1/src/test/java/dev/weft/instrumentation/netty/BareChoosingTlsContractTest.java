package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

/** A server whose handlers tell nothing of HTTP until the first bytes are there. */
final class BareChoosingTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return new BareServer(BareServer.Style.CHOOSES);
  }
}
