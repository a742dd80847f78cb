package dev.weft.instrumentation.undertow;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import io.undertow.Version;
import sample.undertow.SampleHandler;

/** Without servlets. */
final class HandlerContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() throws Exception {
    return new EmbeddedUndertow(new SampleHandler(), builder -> {});
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
  protected String dispatchPath() {
    // Old versions take all that follows a semicolon for a parameter.
    return Version.getVersionString().startsWith("2.0.") ? "/echo/a b" : "/echo/a b/./e";
  }

  @Override
  protected boolean abortsWhatIsRevoked() {
    return true;
  }
}
