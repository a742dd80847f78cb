package dev.weft.instrumentation.httpserver;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class HttpServerContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new SampleServer();
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

  @Override
  protected String dispatchPath() {
    return "/echo/a b;c=d/./e";
  }

  @Override
  protected int statusOfAnException() {
    return 0;
  }
}
