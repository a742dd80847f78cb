package dev.weft.instrumentation.armeria;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class ArmeriaServerContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new ArmeriaServer();
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
