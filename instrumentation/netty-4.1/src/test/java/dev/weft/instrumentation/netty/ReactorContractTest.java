package dev.weft.instrumentation.netty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import reactor.netty.http.HttpProtocol;

final class ReactorContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new ReactorServer(HttpProtocol.HTTP11);
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
