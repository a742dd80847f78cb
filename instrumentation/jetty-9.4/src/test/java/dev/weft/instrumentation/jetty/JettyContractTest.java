package dev.weft.instrumentation.jetty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import org.eclipse.jetty.util.Jetty;

final class JettyContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedJetty();
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
  protected String dispatchPath() {
    // Jetty 12 looks for dots before it takes parameters away.
    return Jetty.VERSION.startsWith("12.") ? "/echo/a b/./e" : "/echo/a b/e";
  }

  @Override
  protected boolean abortsWhatIsRevoked() {
    return true;
  }
}
