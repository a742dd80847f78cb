package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class VertxContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new VertxServer();
  }

  @Override
  protected boolean dispatches() {
    return false;
  }

  @Override
  protected boolean endsLateRequests() {
    return false;
  }

  @Override
  protected boolean waitsForVerdicts() {
    return true;
  }

  @Override
  protected boolean changesHeaders() {
    return true;
  }

  @Override
  protected boolean abortsWhatIsRevoked() {
    return true;
  }
}
