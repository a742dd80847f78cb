package dev.weft.instrumentation.helidon;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@EnabledForJreRange(min = JRE.JAVA_21)
final class HelidonContractTest extends InboundContract {

  @Override
  protected InboundServer newServer() {
    return HelidonServer.ofAll();
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
    return "/echo/a b/e";
  }
}
