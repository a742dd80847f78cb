package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

/** A handler comes between the codec and our check, and must find itself behind both. */
final class BareInsertedContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new BareServer(true);
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
