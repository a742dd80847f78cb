package dev.weft.instrumentation.tomcat;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

final class TomcatNio2ContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedTomcat(EmbeddedTomcat.NIO2);
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
    return "/echo/a b/e";
  }
}
