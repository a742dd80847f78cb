package dev.weft.instrumentation.pekko;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;

/** As most applications bind. */
final class FunctionContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return new EmbeddedPekko("", (builder, application, materializer) -> builder.bind(application));
  }

  @Override
  protected boolean dispatches() {
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
    return "/echo/a b;c=d/e";
  }
}
