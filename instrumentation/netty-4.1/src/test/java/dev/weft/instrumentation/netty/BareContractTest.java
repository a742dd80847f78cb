package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

class BareContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new BareServer();
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
  protected int statusOfAnException() {
    return 0;
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
