package dev.weft.instrumentation.jetty;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import org.eclipse.jetty.util.Jetty;

/** Without servlets. */
final class HandlerContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return EmbeddedJetty.withoutServlets();
  }

  /** The first release fails with exceptions of its own where there is no servlet context. */
  private static boolean knowsAsyncHandlers() {
    return !Jetty.VERSION.startsWith("9.4.0.");
  }

  @Override
  protected boolean endsLateRequests() {
    return !Jetty.VERSION.startsWith("12.") && knowsAsyncHandlers();
  }

  @Override
  protected boolean dispatches() {
    return knowsAsyncHandlers();
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
